import Testing

@testable import BlazeMeshCore

struct DetectionCase: Decodable {
    struct Face: Decodable {
        let score: Float
        let points: [[Float]]
    }

    let name: String
    let detector: String
    let score: Float
    let iou: Float
    let maximum: Int
    let candidates: [[UInt32]]
    let expected: [Face]

    var model: DetectorModel { detector == "short" ? .blazeFaceShortRange : .blazeFaceFullRange }

    var outputs: (regressors: [Float], logits: [Float]) {
        networkOutputs(candidates, anchors: model.anchors.centers.count)
    }

    var detectorForIt: FaceDetector {
        var detector = FaceDetector(model: model, maximumFaces: maximum)
        (detector.scoreThreshold, detector.iouThreshold) = (score, iou)
        return detector
    }

    /// How far faces are from the expected ones.
    func error(_ faces: [Detection]) -> Float {
        let (found, told) = (faces.flatMap(numbers), expected.flatMap { [$0.score] + $0.points.flatMap { $0 } })
        return difference(found, told)
    }
}

/// A detector's outputs: each candidate's anchor, then as bits its logit and regressors; all else is background.
func networkOutputs(_ candidates: [[UInt32]], anchors: Int) -> (regressors: [Float], logits: [Float]) {
    var regressors = Array(repeating: Float(0), count: 16 * anchors)
    var logits = Array(repeating: Float(-20), count: anchors)
    for candidate in candidates {
        let (anchor, numbers) = (Int(candidate[0]), candidate.dropFirst().map(Float.init(bitPattern:)))
        logits[anchor] = numbers[0]
        regressors.replaceSubrange(16 * anchor..<16 * anchor + 16, with: numbers.dropFirst())
    }
    return (regressors, logits)
}

func numbers(_ detection: Detection) -> [Float] {
    [detection.score] + (0..<16).map { detection.rows[$0] }
}

/// Memory with rows of `columns` numbers, `gap` numbers of NaN behind each, begun `shift` bytes off.
func padded(_ values: [Float], columns: Int, gap: Int, shift: Int) -> [UInt8] {
    var bytes = Array(repeating: UInt8(0xFF), count: shift)
    for row in stride(from: 0, to: values.count, by: columns) {
        let numbers = values[row..<row + columns] + Array(repeating: Float.nan, count: gap)
        for number in numbers { withUnsafeBytes(of: number.bitPattern) { bytes.append(contentsOf: $0) } }
    }
    return bytes
}

/// The faces of a detector for outputs whose rows have gaps between them and begin anywhere.
func detect(
    _ detector: inout FaceDetector, _ outputs: (regressors: [Float], logits: [Float]), gap: Int, shift: Int
) throws -> [Detection] {
    let count = outputs.logits.count
    let rows = padded(outputs.regressors, columns: 16, gap: gap, shift: shift)
    let column = padded(outputs.logits, columns: 1, gap: gap, shift: shift)
    var faces: [Detection] = []
    try rows.withUnsafeBytes { rows in
        try column.withUnsafeBytes { column in
            let regressors = try #require(
                TensorView(
                    UnsafeRawBufferPointer(rebasing: rows[shift...]), shape: SIMD3(count, 16, 1),
                    strides: SIMD3(16 + gap, 1, 1)))
            let logits = try #require(
                TensorView(
                    UnsafeRawBufferPointer(rebasing: column[shift...]), shape: SIMD3(count, 1, 1),
                    strides: SIMD3(1 + gap, 1, 1)))
            try detector.detect(regressors: regressors, logits: logits, into: &faces)
        }
    }
    return faces
}

@Suite struct DetectionTests {
    @Test func facesAreTheTwins() throws {
        let golden = try Golden<DetectionCase>.load("core_detection")
        for each in golden.cases {
            var detector = each.detectorForIt
            let faces = try detect(&detector, each.outputs, gap: 0, shift: 0)
            #expect(faces.count == each.expected.count, "\(each.name)")
            #expect(each.error(faces) <= golden.tolerance, "\(each.name)")
        }
        #expect(golden.cases.count >= 20)
        #expect(golden.tolerance == 1e-6)
    }

    @Test func aDifferenceIsSeen() throws {
        let golden = try Golden<DetectionCase>.load("core_detection")
        let each = try #require(golden.cases.first { $0.expected.count > 1 })
        var detector = each.detectorForIt
        var faces = try detect(&detector, each.outputs, gap: 0, shift: 0)
        faces[1].rows[15] += 3 * golden.tolerance
        #expect(each.error(faces) > golden.tolerance)
        faces.removeLast()
        #expect(each.error(faces) == .infinity)
    }

    @Test(arguments: [(0, 1), (0, 2), (3, 0), (48, 3)])
    func rowsMayHaveGapsAndBeginAnywhere(gap: Int, shift: Int) throws {
        for each in try Golden<DetectionCase>.load("core_detection").cases {
            var detector = each.detectorForIt
            let straight = try detect(&detector, each.outputs, gap: 0, shift: 0)
            #expect(try detect(&detector, each.outputs, gap: gap, shift: shift) == straight, "\(each.name)")
        }
    }

    @Test func columnsMayHaveGaps() throws {
        let each = try #require(try Golden<DetectionCase>.load("core_detection").cases.first { $0.expected.count > 1 })
        let (regressors, logits) = each.outputs
        let spread = regressors.flatMap { [$0, .nan] }
        var (detector, faces) = (each.detectorForIt, [Detection]())
        try spread.withUnsafeBytes { bytes in
            try logits.withUnsafeBufferPointer { logits in
                let rows = try #require(
                    TensorView(bytes, shape: SIMD3(logits.count, 8, 2), strides: SIMD3(32, 4, 2)))
                let column = try #require(TensorView(logits, rows: logits.count))
                try detector.detect(regressors: rows, logits: column, into: &faces)
            }
        }
        #expect(each.error(faces) <= 1e-6)
    }

    @Test func proposalsGiveTheSameFaces() throws {
        for each in try Golden<DetectionCase>.load("core_detection").cases where !each.name.contains("NaN") {
            let decoder = AnchorDecoder(each.model.anchors)
            let (regressors, logits) = each.outputs
            let proposals = logits.indices.flatMap { anchor in
                let row = SIMD16<Float>(regressors[16 * anchor..<16 * anchor + 16])
                return (0..<16).map { decoder.points(row, anchor: anchor)[$0] }
            }
            let scores = logits.map(Score.sigmoid)
            var (detector, faces) = (each.detectorForIt, [Detection]())
            try proposals.withUnsafeBufferPointer { proposals in
                try scores.withUnsafeBufferPointer { scores in
                    let rows = try #require(TensorView(proposals, rows: scores.count, columns: 16))
                    let column = try #require(TensorView(scores, rows: scores.count))
                    try detector.detect(proposals: rows, scores: column, into: &faces)
                }
            }
            #expect(each.error(faces) <= 1e-6, "\(each.name)")
        }
    }

    @Test func otherShapesAreRefused() throws {
        var (detector, faces) = (FaceDetector(model: .blazeFaceShortRange), [Detection]())
        let numbers = Array(repeating: Float(0), count: 896 * 16)
        try numbers.withUnsafeBufferPointer { numbers in
            let narrow = try #require(TensorView(numbers, rows: 896, columns: 15))
            let scores = try #require(TensorView(numbers, rows: 896))
            #expect(throws: TensorShapeError(found: SIMD3(896, 15, 1), expected: SIMD3(896, 16, 1))) {
                try detector.detect(regressors: narrow, logits: scores, into: &faces)
            }
        }
    }

    @Test func slotsAreReadAsFarAsTheyAreUsed() throws {
        let landmarks = (0..<4 * 16).map { Float($0) }
        let confidence: [Float] = [0.9, 0.8, 0.7, 0]
        try landmarks.withUnsafeBytes { landmarks in
            try confidence.withUnsafeBufferPointer { confidence in
                let points = try #require(TensorView(landmarks, shape: SIMD3(4, 8, 2), strides: SIMD3(16, 2, 1)))
                let scores = try #require(TensorView(confidence, rows: 4))
                var faces: [Detection] = []
                for (count, used) in [(0, 0), (3, 3), (9, 4), (-1, 0)] {
                    try Detection.read(landmarks: points, confidence: scores, count: count, into: &faces)
                    #expect(faces.count == used)
                }
                try Detection.read(landmarks: points, confidence: scores, count: 2, into: &faces)
                #expect(faces[1].boxMinimum == SIMD2(16, 17))
                #expect(faces[1].boxMaximum == SIMD2(18, 19))
                #expect(faces[1][.leftEarTragion] == SIMD2(30, 31))
                #expect(faces[1].score == 0.8)
            }
        }
    }
}

import Foundation
import Testing

@testable import BlazeMeshCore

/// What the networks said of a video's frames, and the Python pipeline's faces.
struct RecordedCase: Decodable {
    struct Look: Decodable {
        let presence: Float
        let landmarks: [Float]
    }
    struct Face: Decodable {
        let id: Int
        let detection: [Float]?
        let region: [Float]
        let landmarks: [[Float]]
        let pose: [[Float]]
    }
    struct Frame: Decodable {
        let seconds: Double
        let candidates: [[UInt32]]?
        let looks: [Look]
        let expected: [Face]
    }

    let name: String
    let frame: [Float]
    let max_faces: Int
    let frames: [Frame]
}

private let recorded = ProcessInfo.processInfo.environment["BLAZEMESH_RECORDED"]

/// Networks that answer as they did.
private struct Recording {
    var looks: [RecordedCase.Look]
    var detector = FaceDetector(model: .blazeFaceShortRange, maximumFaces: 100)
    var wasAsked = false

    mutating func detect(_ candidates: [[UInt32]], _ found: inout [Detection]) throws {
        wasAsked = true
        let outputs = networkOutputs(candidates, anchors: detector.anchorCount)
        found = try BlazeMeshCoreTests.detect(&detector, outputs, gap: 0, shift: 0)
    }

    mutating func look(_ crop: inout CropLandmarks) throws {
        let look = looks.removeFirst()
        try look.landmarks.withUnsafeBufferPointer { numbers in
            let tensor = try #require(TensorView(numbers, rows: numbers.count / 3, columns: 3))
            try crop.read(tensor, presence: look.presence)
        }
    }
}

/// The networks' answers are fixed, whatever region they are asked about: other than with networks, a difference in the
/// last digit of the first detection is carried on from frame to frame.
@Suite(.enabled(if: recorded != nil, "no recording: BLAZEMESH_RECORDED names the folder of one"))
struct RecordedTests {
    @Test func facesOfARealVideoAreThePipelines() throws {
        let golden = try Golden<RecordedCase>.load("video", from: URL(fileURLWithPath: try #require(recorded)))
        let each = golden.cases[0]
        #expect(each.frames.count == 100 && each.max_faces > 1)
        let frameSize = SIMD2(each.frame[0], each.frame[1])
        var tracker = FaceTracker(settings: FaceTracker.Settings(maximumFaces: each.max_faces, geometry: true))
        for (index, frame) in each.frames.enumerated() {
            var networks = Recording(looks: frame.looks)
            try tracker.track(frameSize: frameSize, seconds: frame.seconds) { found in
                try networks.detect(try #require(frame.candidates, "frame \(index)"), &found)
            } look: { _, crop in
                try networks.look(&crop)
            }
            #expect(networks.looks.isEmpty && networks.wasAsked == (frame.candidates != nil), "frame \(index)")
            #expect(tracker.faces.map(\.id) == frame.expected.map(\.id), "frame \(index)")
            let (found, expected) = (tracker.faces.flatMap(numbers), frame.expected.flatMap(numbers))
            #expect(difference(found, expected) <= golden.tolerance, "frame \(index)")
        }
    }

    private func numbers(_ face: Face) -> [Float] {
        guard let region = face.region, let (a, b, c, d) = face.pose?.columns else { return [] }
        let points = stride(from: 0, to: face.landmarks.count, by: 32).map { face.landmarks[$0] }
        let rows = (0..<3).map { [a[$0], b[$0], c[$0], d[$0]] }
        let detection = face.detection.map { found in (0..<16).map { found.rows[$0] } } ?? []
        return region.numbers + points.flatMap { [$0.x, $0.y, $0.z] } + pose(rows) + detection
    }

    private func numbers(_ face: RecordedCase.Face) -> [Float] {
        face.region + face.landmarks.flatMap { $0 } + pose(face.pose) + (face.detection ?? [])
    }

    /// The turned and scaled axes, and the place in shares of the distance: what is seen is an angle.
    private func pose(_ rows: [[Float]]) -> [Float] {
        rows[..<3].flatMap { $0[..<3] } + rows[..<3].map { $0[3] / rows[2][3] }
    }
}

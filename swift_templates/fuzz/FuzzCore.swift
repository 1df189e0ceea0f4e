// Built together with the core's sources, without its package: `make fuzz`.

/// Hostile bytes: a tensor of any shape over them, and a detector's raw outputs made of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCore(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Bytes(UnsafeBufferPointer(start: start, count: count))
    readAnyTensor(&bytes)
    detectAnything(&bytes)
    return 0
}

/// The bytes of an input, one after another, then zeros.
struct Bytes {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isEmpty: Bool { position >= bytes.count }
    var rest: UnsafeRawBufferPointer {
        let all = UnsafeRawBufferPointer(bytes)
        return UnsafeRawBufferPointer(rebasing: all[min(position, all.count)...])
    }

    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return isEmpty ? 0 : bytes[position]
    }

    /// Mostly small, now and then enormous.
    mutating func size() -> Int {
        let small = Int(Int8(bitPattern: byte()))
        return small == -128 ? Int.max : small
    }

    mutating func float() -> Float {
        let parts = (0..<4).map { _ in UInt32(byte()) }
        return Float(bitPattern: parts[0] | parts[1] << 8 | parts[2] << 16 | parts[3] << 24)
    }
}

/// Every element of a tensor that is accepted can be read; AddressSanitizer watches.
private func readAnyTensor(_ bytes: inout Bytes) {
    let shape = SIMD3(bytes.size(), bytes.size(), bytes.size())
    let strides = SIMD3(bytes.size(), bytes.size(), bytes.size())
    guard let tensor = TensorView(bytes.rest, shape: shape, strides: strides) else { return }
    var sum: Float = 0
    for row in 0..<min(tensor.rows, 300) {
        for column in 0..<min(tensor.columns, 300) { sum += tensor[row, column] }
    }
    var scratch: [SIMD2<Float>] = []
    if shape.x < 300 { _ = try? tensor.withPoints(scratch: &scratch) { sum += $0.last?.y ?? 0 } }
    var crop = CropLandmarks()
    if shape.x < 300 { try? crop.read(tensor, presence: sum) }
}

/// What a detector gives is sound, whatever it is given.
private func detectAnything(_ bytes: inout Bytes) {
    var detector = FaceDetector(model: .blazeFaceShortRange, maximumFaces: Int(bytes.byte()))
    (detector.scoreThreshold, detector.iouThreshold) = (Float(bytes.byte()) / 255, Float(bytes.byte()) / 255)
    let anchors = detector.anchorCount
    var (regressors, logits) = (
        Array(repeating: Float(0), count: 16 * anchors), Array(repeating: Float(-20), count: anchors)
    )
    while !bytes.isEmpty {
        let anchor = (Int(bytes.byte()) << 8 | Int(bytes.byte())) % anchors
        logits[anchor] = bytes.float()
        for index in 0..<16 { regressors[16 * anchor + index] = bytes.float() }
    }
    var faces: [Detection] = []
    regressors.withUnsafeBufferPointer { regressors in
        logits.withUnsafeBufferPointer { logits in
            guard
                let rows = TensorView(regressors, rows: anchors, columns: 16),
                let column = TensorView(logits, rows: anchors)
            else { fatalError("sound tensors were refused") }
            try? detector.detect(regressors: rows, logits: column, into: &faces)
        }
    }
    precondition(faces.count <= detector.maximumFaces, "too many faces")
    for (index, face) in faces.enumerated() {
        precondition(
            face.score > 0 && face.score <= 1 && face.score >= detector.scoreThreshold, "a score of \(face.score)")
        precondition(index == 0 || face.score <= faces[index - 1].score, "scores rise")
        precondition(face.rows.sum().isFinite, "points \(face.rows)")
        _ = Region.around(face, frameSize: SIMD2(640, 480))
    }
}

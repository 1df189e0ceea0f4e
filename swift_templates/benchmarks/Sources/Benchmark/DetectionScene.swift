import BlazeMeshCore

/// A detector's raw outputs for a frame with so many candidates.
struct DetectionScene {
    let name: String
    private let model: DetectorModel
    private var regressors: [Float]
    private var logits: [Float]

    /// Nobody in the frame.
    private init(_ model: DetectorModel, _ label: String) {
        let count = model.anchors.centers.count
        self.model = model
        name = "swift/detect_\(count)_\(label)"
        regressors = Array(repeating: 0, count: 16 * count)
        logits = Array(repeating: -8, count: count)
    }

    /// `candidates` for `faces` of them, the anchors next to a face's centre each proposing it.
    static func crowd(_ model: DetectorModel, candidates: Int, faces: Int) -> DetectionScene {
        var scene = DetectionScene(model, "\(candidates)")
        for face in 0..<faces {
            let center = SIMD2(0.1 + 0.2 * Float(face % 5), 0.25 + 0.5 * Float(face / 5))
            let distances = model.anchors.centers.map { anchor in
                let offset = anchor - center
                return (offset * offset).sum()
            }
            let nearest = distances.indices.sorted { distances[$0] < distances[$1] }
            for (rank, anchor) in nearest.prefix(candidates / faces).enumerated() {
                let jitter = 0.002 * Float(rank % 7)
                scene.propose(anchor, center: center + jitter, side: 0.17, logit: 4 - 0.01 * Float(rank + face))
            }
        }
        return scene
    }

    /// Every anchor proposes a face of its own.
    static func all(_ model: DetectorModel) -> DetectionScene {
        var scene = DetectionScene(model, "all")
        for (anchor, center) in model.anchors.centers.enumerated() {
            let shift = 0.004 * Float(anchor % 6)
            scene.propose(anchor, center: center + shift, side: 0.003, logit: 1 + 0.001 * Float(anchor * 37 % 1000))
        }
        return scene
    }

    private mutating func propose(_ anchor: Int, center: SIMD2<Float>, side: Float, logit: Float) {
        let offset = (center - model.anchors.centers[anchor]) * Float(model.anchors.inputSide)
        let length = side * Float(model.anchors.inputSide)
        logits[anchor] = logit
        let points = [SIMD2(0, 0), SIMD2(1, 1)] + (0..<6).map { SIMD2(0.1 * Float($0) - 0.25, 0.05 * Float($0)) }
        for (index, point) in points.enumerated() {
            let value = index == 1 ? SIMD2(repeating: length) : offset + point * length
            (regressors[16 * anchor + 2 * index], regressors[16 * anchor + 2 * index + 1]) = (value.x, value.y)
        }
    }

    /// Decoding and suppression, ten faces at most.
    func measure() -> Measurement? {
        var detector = FaceDetector(model: model, maximumFaces: 10)
        var faces: [Detection] = []
        return regressors.withUnsafeBufferPointer { regressors in
            logits.withUnsafeBufferPointer { logits in
                guard
                    let rows = TensorView(regressors, rows: logits.count, columns: 16),
                    let column = TensorView(logits, rows: logits.count)
                else { return nil }
                return Measurement(name) {
                    try? detector.detect(regressors: rows, logits: column, into: &faces)
                    return Float(faces.count)
                }
            }
        }
    }
}

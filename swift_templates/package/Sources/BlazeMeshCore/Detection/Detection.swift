/// A face as a detector gives it: a box, six keypoints and a score.
public nonisolated struct Detection: Sendable, Hashable {
    /// How sure the detector is, 0 to 1.
    public var score: Float
    /// x, y of the box's minimum, of its maximum and of the keypoints in their order.
    public var rows: SIMD16<Float>

    /// A detection of these eight points; they are normalised, and may lie outside of 0 to 1.
    public init(score: Float, rows: SIMD16<Float>) {
        (self.score, self.rows) = (score, rows)
    }

    /// How many points a detection has: the box's two and the keypoints.
    public static let pointCount = 8

    /// The box's corner with the smaller x and y.
    public var boxMinimum: SIMD2<Float> { rows.lowHalf.lowHalf.lowHalf }

    /// The box's corner with the larger x and y.
    public var boxMaximum: SIMD2<Float> { rows.lowHalf.lowHalf.highHalf }

    /// A keypoint's x and y.
    public subscript(keypoint: FaceKeypoint) -> SIMD2<Float> {
        let index = 2 * (keypoint.rawValue + 2)
        return SIMD2(rows[index], rows[index + 1])
    }
}

nonisolated extension Detection {
    /// Read what a package that suppresses by itself found.
    ///
    /// - Parameters:
    ///   - landmarks: Shape [slots, 8, 2]: box minimum, box maximum, six keypoints.
    ///   - confidence: Shape [slots], falling.
    ///   - count: How many slots are used; a number beyond the slots counts as all of them.
    ///   - detections: Becomes the used slots' faces; grows once and is used again.
    /// - Throws: ``TensorShapeError`` for tensors of other shapes.
    public static func read(
        landmarks: TensorView, confidence: TensorView, count: Int, into detections: inout [Detection]
    ) throws(TensorShapeError) {
        try landmarks.require(rows: confidence.rows, columns: 2 * pointCount)
        try confidence.require(rows: landmarks.rows, columns: 1)
        detections.removeAll(keepingCapacity: true)
        let contiguous = landmarks.hasContiguousRows
        for slot in 0..<min(max(count, 0), landmarks.rows) {
            let rows = landmarks.row16(slot, contiguous: contiguous)
            detections.append(Detection(score: confidence.element(slot, 0), rows: rows))
        }
    }
}

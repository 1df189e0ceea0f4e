/// The square around a whole frame, grown on its short side: what a detector sees.
public nonisolated struct Letterbox: Sendable, Hashable {
    /// The frame's width and height in pixels.
    public let frameSize: SIMD2<Float>
    private let scale: SIMD2<Float>
    private let offset: SIMD2<Float>

    /// The square around a frame of this width and height in pixels.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/image_to_tensor_utils.cc.
    public init(frameSize: SIMD2<Float>) {
        let side = SIMD2<Float>(repeating: frameSize.max())
        let share = 1 / frameSize
        self.frameSize = frameSize
        (scale, offset) = (side * share, (0.5 * frameSize - 0.5 * side) * share)
    }

    /// A point normalised to the square ↦ the point normalised to the frame.
    public func toFrame(_ point: SIMD2<Float>) -> SIMD2<Float> { point * scale + offset }

    /// A detection normalised to the square ↦ the detection normalised to the frame.
    public func toFrame(_ detection: Detection) -> Detection {
        let (scale4, offset4) = (SIMD4(lowHalf: scale, highHalf: scale), SIMD4(lowHalf: offset, highHalf: offset))
        let (scale8, offset8) = (SIMD8(lowHalf: scale4, highHalf: scale4), SIMD8(lowHalf: offset4, highHalf: offset4))
        let rows =
            detection.rows * SIMD16(lowHalf: scale8, highHalf: scale8) + SIMD16(lowHalf: offset8, highHalf: offset8)
        return Detection(score: detection.score, rows: rows)
    }
}

/// Scores out of logits.
nonisolated enum Score {
    /// Logits are clipped to ± this before the sigmoid (score_clipping_thresh of MediaPipe's face detectors).
    static let logitLimit: Float = 100

    /// The probability 1 / (1 + e^−x) of a logit clipped to ±``logitLimit``; NaN stays NaN.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/tensors_to_detections_calculator.cc.
    @inline(__always)
    static func sigmoid(_ logit: Float) -> Float {
        let clipped = min(max(logit, -logitLimit), logitLimit)
        return 1 / (1 + LibM.exponential(-clipped))
    }

    /// A logit below which no score reaches `threshold`, 0 to 1; some above it don't either.
    static func leastLogit(threshold: Float) -> Float {
        guard threshold > 1e-30 else { return -.infinity }
        let share = Double(min(threshold, 0.9999))
        let logit = LibM.logarithm(share / (1 - share))
        return Float(logit - 1e-3)
    }
}

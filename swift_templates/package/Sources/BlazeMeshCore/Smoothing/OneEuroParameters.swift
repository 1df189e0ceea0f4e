/// What a One-Euro filter is tuned by.
public nonisolated struct OneEuroParameters: Sendable, Hashable {
    /// The cutoff at rest in Hz: more of it means less lag and more jitter.
    public var minimumCutoff: Float
    /// How fast the cutoff grows with the speed, in Hz per face size a second: more of it means less lag in motion.
    public var beta: Float
    /// The cutoff of the speed itself, in Hz.
    public var derivativeCutoff: Float

    /// MediaPipe's parameters for face landmarks, unless others are given.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/util/filtering/one_euro_filter.cc.
    public init(minimumCutoff: Float = 0.05, beta: Float = 80, derivativeCutoff: Float = 1) {
        (self.minimumCutoff, self.beta, self.derivativeCutoff) = (minimumCutoff, beta, derivativeCutoff)
    }
}

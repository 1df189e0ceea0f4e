/// The One-Euro filter of one tracked face: still landmarks lie still, fast ones do not lag.
///
/// Source: Casiez, Roussel and Vogel, "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive
/// Systems", CHI 2012; with the scaling of google-ai-edge/mediapipe, mediapipe/util/filtering/one_euro_filter.cc and
/// mediapipe/calculators/util/landmarks_smoothing_calculator_utils.cc.
public nonisolated struct LandmarkSmoother: Sendable {
    /// Pixels; the landmarks of a face that is smaller are left as they are.
    static let leastSize: Float = 1e-6

    private let parameters: OneEuroParameters
    private var time: Double?
    private var states: [State] = []

    /// What is known of one landmark: its last coordinates, how far those given out are from them, and how fast they
    /// change. The distance is small, and so are its rounding errors: filtered coordinates themselves would stop to
    /// follow where a step is less than half of their last digit.
    private struct State {
        var raw = SIMD4<Float>.zero
        var lag = SIMD4<Float>.zero
        var speed = SIMD4<Float>.zero
    }

    /// A filter that has seen nothing.
    public init(parameters: OneEuroParameters = OneEuroParameters()) {
        self.parameters = parameters
    }

    /// Forget what was seen; the memory is kept.
    public mutating func reset() {
        time = nil
    }

    /// Filter the landmarks of a frame in place.
    ///
    /// Speeds count in sizes of the face a second; its size is the mean of the width and the height of the box around
    /// all landmarks, in pixels. Landmarks whose time is not after the one before are left as they are, and change
    /// nothing; so do those of a face without a size. Another number of landmarks begins anew.
    ///
    /// - Parameters:
    ///   - landmarks: Normalised to the frame, z in x's scale.
    ///   - frameSize: The frame's width and height in pixels.
    ///   - seconds: When the frame was taken.
    public mutating func apply(to landmarks: inout [SIMD3<Float>], frameSize: SIMD2<Float>, seconds: Double) {
        let bounds = LandmarkBounds(landmarks)
        let extent = (bounds.maximum - bounds.minimum) * frameSize
        apply(to: &landmarks, extent: extent, frameSize: frameSize, seconds: seconds)
    }

    mutating func apply(
        to landmarks: inout [SIMD3<Float>], extent: SIMD2<Float>, frameSize: SIMD2<Float>, seconds: Double
    ) {
        let size = extent.sum() / 2
        guard size >= Self.leastSize, size.isFinite, seconds.isFinite else { return }
        guard let before = time, states.count == landmarks.count else { return begin(landmarks, seconds) }
        guard seconds > before else { return }
        time = seconds
        let step = Step(parameters, frequency: Float(1 / (seconds - before)), scale: frameSize / size)
        states.withUnsafeMutableBufferPointer { states in
            landmarks.withMutablePaddedPoints { landmarks in
                for index in landmarks.indices {
                    landmarks[index] = step.apply(landmarks[index], &states[index])
                }
            }
        }
    }

    private mutating func begin(_ landmarks: [SIMD3<Float>], _ seconds: Double) {
        time = seconds
        if states.count != landmarks.count {
            states = Array(repeating: State(), count: landmarks.count)
        }
        for index in landmarks.indices {
            let point = SIMD4(landmarks[index], 0)
            states[index] = State(raw: point)
        }
    }

    /// One frame's step of the filter, the same for all landmarks.
    private struct Step {
        private let speedScale: SIMD4<Float>
        private let speedWeight: Float
        private let turn: Float
        private let minimumCutoff: Float
        private let beta: Float

        /// The weight of a new sample is 1 / (1 + τ/T), τ = 1 / (2π · cutoff) and T = 1 / frequency; with the cutoff in
        /// units of the frequency / 2π it is cutoff / (cutoff + 1), and the old one's 1 / (cutoff + 1).
        init(_ parameters: OneEuroParameters, frequency: Float, scale: SIMD2<Float>) {
            turn = 2 * .pi / frequency
            speedScale = SIMD4(scale.x, scale.y, scale.x, 0) * frequency
            speedWeight = parameters.derivativeCutoff * turn / (parameters.derivativeCutoff * turn + 1)
            minimumCutoff = parameters.minimumCutoff * turn
            beta = parameters.beta * turn
        }

        @inline(__always)
        func apply(_ point: SIMD4<Float>, _ state: inout State) -> SIMD4<Float> {
            let moved = point - state.raw
            let speed = state.speed + (moved * speedScale - state.speed) * speedWeight
            let cutoff = minimumCutoff + beta * speed.replacing(with: -speed, where: speed .< 0)
            state.raw = point
            state.lag = (state.lag - moved) / (cutoff + 1)
            state.speed = speed
            return point + state.lag
        }
    }
}

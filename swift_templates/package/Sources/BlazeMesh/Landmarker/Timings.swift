#if canImport(CoreML)
    nonisolated extension FaceLandmarker {
        /// How long the stages of one picture took, in seconds of wall clock; a stage that wasn't needed took none.
        ///
        /// Core Image may leave a crop to the GPU and return: the network that then waits for it is charged for it.
        public struct Timings: Sendable, Hashable {
            /// The detector, and reading what it says; 0 while as many faces are tracked as are looked for.
            public internal(set) var detector = 0.0
            /// Cutting out what the networks look at.
            public internal(set) var crop = 0.0
            /// The mesh network, all faces together, and reading what it says.
            public internal(set) var mesh = 0.0
            /// From the picture to its faces.
            public internal(set) var total = 0.0

            /// All else: tracking, smoothing and pose.
            public var core: Double { total - detector - crop - mesh }

            /// Add to a stage what `work` takes.
            mutating func measure<Result>(
                _ stage: WritableKeyPath<Timings, Double>, _ work: () throws -> Result
            ) rethrows -> Result {
                let started = ContinuousClock.now
                let result = try work()
                self[keyPath: stage] += started.duration(to: .now) / .seconds(1)
                return result
            }
        }
    }
#endif

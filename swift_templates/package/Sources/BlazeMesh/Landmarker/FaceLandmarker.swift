#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import CoreGraphics
    import CoreML
    import CoreVideo
    import ImageIO

    /// Finds faces in pictures, and follows them through videos.
    ///
    /// ```swift
    /// let landmarker = try await FaceLandmarker(detector: .blazeFaceShortRange, mesh: .faceMeshAttention)
    /// for await frame in camera.frames() {
    ///     faces = try await landmarker.track(frame)
    /// }
    /// ```
    ///
    /// Its calls wait for each other, in the order in which they were made. A frame that is tracked while the one before is
    /// still being looked at waits too: ``CameraSession/frames()`` drops the late ones.
    public actor FaceLandmarker {
        /// What is looked for, and what computes.
        public struct Settings: Sendable, Hashable {
            /// How faces are tracked and given.
            public var tracking: FaceTracker.Settings
            /// The camera that faces' poses are seen with.
            public var camera: Camera
            /// Detections count from this score on, 0 to 1; `nil` takes the detector's own.
            public var minimumScore: Float?
            /// What Core ML may compute with.
            public var computeUnits: MLComputeUnits

            /// MediaPipe's own settings, on the Neural Engine.
            public init(
                tracking: FaceTracker.Settings = FaceTracker.Settings(), camera: Camera = Camera(),
                minimumScore: Float? = nil, computeUnits: MLComputeUnits = .cpuAndNeuralEngine
            ) {
                (self.tracking, self.camera) = (tracking, camera)
                (self.minimumScore, self.computeUnits) = (minimumScore, computeUnits)
            }
        }

        private var detector: DetectorNetwork
        private let mesh: MeshNetwork?
        private var tracker: FaceTracker

        /// Load the models, and run each once, so that the first frame is not the slow one.
        ///
        /// A package that isn't compiled yet is compiled, which takes seconds, and kept for the next start of the app.
        ///
        /// - Parameters:
        ///   - detector: What finds faces.
        ///   - mesh: What places landmarks on them; without it there are detections alone.
        ///   - settings: What is looked for, and what computes.
        /// - Throws: ``BlazeMeshError``.
        public init(
            detector: Located<DetectorModel>, mesh: Located<MeshModel>? = nil, settings: Settings = Settings()
        ) async throws {
            let loader = ModelLoader(computeUnits: settings.computeUnits)
            self.detector = try DetectorNetwork(
                detector.model, loaded: try await loader.load(detector.url), minimumScore: settings.minimumScore)
            if let mesh {
                self.mesh = try MeshNetwork(mesh.model, loaded: try await loader.load(mesh.url))
            } else {
                self.mesh = nil
            }
            tracker = FaceTracker(settings: settings.tracking, camera: settings.camera)
            try prewarm()
        }

        /// How long the last picture took that faces were looked for in; zeros before the first one.
        public private(set) var timings = Timings()

        /// How faces are tracked and given; a change counts from the next picture on.
        public var tracking: FaceTracker.Settings { tracker.settings }

        /// Change how faces are tracked and given, from the next picture on.
        public func setTracking(_ settings: FaceTracker.Settings) {
            tracker.settings = settings
        }

        /// The faces in a still picture, their ids counting from 0; tracked faces stay as they are.
        ///
        /// - Parameters:
        ///   - picture: Any picture that Core Image reads.
        ///   - orientation: How it is to be turned to stand upright; landmarks are normalised to the upright picture.
        /// - Returns: Faces, normalised to the upright picture.
        /// - Throws: ``BlazeMeshError``, or Core ML's errors.
        public func detect(_ picture: CGImage, orientation: CGImagePropertyOrientation = .up) throws -> [Face] {
            var still = FaceTracker(settings: tracker.settings, camera: tracker.camera)
            try follow(seconds: 0, with: &still) { try UprightPicture(picture, orientation: orientation) }
            return still.faces
        }

        /// The faces in a video's next frame.
        ///
        /// - Parameters:
        ///   - pixels: The frame; nobody may write into it any more.
        ///   - orientation: How it is to be turned to stand upright.
        ///   - timestamp: When it was taken, in seconds from wherever the video's time begins; time matters to smoothing alone.
        /// - Returns: The faces, with the ids that they had in the frame before.
        /// - Throws: ``BlazeMeshError``, or Core ML's errors; what is tracked stays as it was.
        public func track(
            _ pixels: sending CVPixelBuffer, orientation: CGImagePropertyOrientation = .up, timestamp: Double
        ) throws -> [Face] {
            try track(CameraFrame(pixels: pixels, orientation: orientation, timestamp: timestamp))
        }

        /// The faces in a video's next frame.
        ///
        /// - Throws: ``BlazeMeshError``, or Core ML's errors; what is tracked stays as it was.
        public func track(_ frame: CameraFrame) throws -> [Face] {
            try follow(seconds: frame.timestamp, with: &tracker) {
                try UprightPicture(frame.pixels, orientation: frame.orientation)
            }
            return tracker.faces
        }

        /// Forget the tracked faces: the next frame begins another video.
        public func reset() {
            tracker.reset()
        }

        /// Measured from the making of the picture to the faces.
        private func follow(
            seconds: Double, with tracker: inout FaceTracker, picture make: () throws -> UprightPicture
        ) throws {
            var (spent, stages) = (Timings(), Timings())
            try spent.measure(\.total) {
                let picture = try make()
                guard let mesh else {
                    return try tracker.track(frameSize: picture.size) {
                        try detector.detect(picture, into: &$0, timings: &stages)
                    }
                }
                try tracker.track(
                    frameSize: picture.size, seconds: seconds,
                    detect: { try detector.detect(picture, into: &$0, timings: &stages) },
                    look: { try mesh.look(at: $0, of: picture, into: &$1, timings: &stages) })
            }
            stages.total = spent.total
            timings = stages
        }

        private func prewarm() throws {
            let pixels = try PixelBufferPool(width: 64, height: 64).buffer()
            let picture = try UprightPicture(pixels, orientation: .up)
            var (detections, unread): ([Detection], Timings) = ([], Timings())
            try detector.detect(picture, into: &detections, timings: &unread)
            if let mesh, let whole = Region.wholeFrame(size: picture.size) {
                var crop = CropLandmarks()
                try mesh.look(at: whole, of: picture, into: &crop, timings: &unread)
            }
        }
    }
#endif

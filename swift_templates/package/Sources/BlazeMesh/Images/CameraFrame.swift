#if canImport(CoreML)
    import CoreVideo
    import ImageIO

    /// One picture of a video, on its way from the camera to a landmarker.
    ///
    /// Sendable without the compiler's proof: whoever makes a frame promises that nobody writes into its pixels any more.
    /// For the frames of ``CameraSession`` the camera keeps that promise: it writes into other buffers until this one is
    /// released.
    public nonisolated struct CameraFrame: @unchecked Sendable {
        /// The pixels, in a format that Core Image reads.
        public let pixels: CVPixelBuffer
        /// How the pixels are to be turned to stand upright.
        public let orientation: CGImagePropertyOrientation
        /// When it was taken, in seconds from wherever the video's time begins.
        public let timestamp: Double

        /// A frame of pixels that nobody writes into any more.
        public init(pixels: CVPixelBuffer, orientation: CGImagePropertyOrientation = .up, timestamp: Double) {
            (self.pixels, self.orientation, self.timestamp) = (pixels, orientation, timestamp)
        }
    }
#endif

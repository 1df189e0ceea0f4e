#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif

    /// A face that Vision found with a BlazeFace package.
    public nonisolated struct VisionFace: Sendable, Hashable {
        /// 0 to 1.
        public let score: Float
        /// The box's corner with the smaller x and y, normalised to the upright picture: origin top left, y down.
        public let boxMinimum: SIMD2<Float>
        /// The box's other corner.
        public let boxMaximum: SIMD2<Float>
        /// Box and keypoints; `nil` where Vision handed over boxes alone.
        public let detection: Detection?
    }
#endif

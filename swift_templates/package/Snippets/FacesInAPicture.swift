#if canImport(CoreML)
    import BlazeFaceShortRangePackage
    import BlazeMesh
    import BlazeMeshCore
    import CoreGraphics
    import FaceMeshPackage

    /// Where the noses are in a picture that stands upright, in pixels.
    func noses(in picture: CGImage) async throws -> [SIMD2<Float>] {
        let landmarker = try await FaceLandmarker(detector: .blazeFaceShortRange, mesh: .faceMesh)
        return try await landmarker.detect(picture).map { face in face.pixel(of: 1) }
    }
#endif

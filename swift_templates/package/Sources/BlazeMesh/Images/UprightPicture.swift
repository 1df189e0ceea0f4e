#if canImport(CoreML)
    import CoreImage

    /// A picture as the user sees it, its lower left corner in Core Image's origin.
    nonisolated struct UprightPicture: Sendable {
        let image: CIImage
        /// Width and height in pixels.
        let size: SIMD2<Float>

        /// - Throws: ``BlazeMeshError/emptyPicture``.
        init(_ picture: CGImage, orientation: CGImagePropertyOrientation) throws {
            try self.init(CIImage(cgImage: picture, options: Self.unmanaged), orientation)
        }

        /// - Throws: ``BlazeMeshError/emptyPicture``.
        init(_ pixels: CVPixelBuffer, orientation: CGImagePropertyOrientation) throws {
            try self.init(CIImage(cvPixelBuffer: pixels, options: Self.unmanaged), orientation)
        }

        private init(_ stored: CIImage, _ orientation: CGImagePropertyOrientation) throws {
            let upright = stored.oriented(orientation)
            let extent = upright.extent
            guard extent.width >= 1, extent.height >= 1, !extent.isInfinite else { throw BlazeMeshError.emptyPicture }
            image = upright.transformed(by: CGAffineTransform(translationX: -extent.minX, y: -extent.minY))
            size = SIMD2(Float(extent.width), Float(extent.height))
        }

        /// The networks were trained on numbers as they are stored: no colours are converted.
        private static var unmanaged: [CIImageOption: Any] { [.colorSpace: NSNull()] }
    }
#endif

#if canImport(CoreML)
    #if canImport(BlazeMeshCore)
        import BlazeMeshCore
    #endif
    import CoreImage

    /// Cuts what a network looks at out of a picture. Not sendable: an actor keeps it.
    nonisolated struct RegionCropper {
        /// What lies outside of the picture.
        enum Border {
            /// Zeros, as the detectors were trained.
            case black
            /// The picture's nearest pixel, as the meshes were.
            case replicated
        }

        private let side: Int
        private let border: Border
        private let pool: PixelBufferPool
        private let context = CIContext(options: [.workingColorSpace: NSNull(), .cacheIntermediates: false])

        /// - Throws: ``BlazeMeshError/noBuffer(code:)``.
        init(side: Int, border: Border) throws {
            (self.side, self.border) = (side, border)
            pool = try PixelBufferPool(width: side, height: side)
        }

        /// `region` of a picture, turned upright and scaled to `side` × `side` pixels.
        ///
        /// - Throws: ``BlazeMeshError/noBuffer(code:)``.
        func crop(_ picture: UprightPicture, to region: Region) throws -> CVPixelBuffer {
            let bounds = CGRect(x: 0, y: 0, width: side, height: side)
            let source = border == .replicated ? picture.image.clampedToExtent() : picture.image
            let placed = source.transformed(by: Self.transform(region, side: Float(side), height: picture.size.y))
            let crop = placed.cropped(to: bounds).composited(over: CIImage.black.cropped(to: bounds))
            let buffer = try pool.buffer()
            context.render(crop, to: buffer, bounds: bounds, colorSpace: nil)
            return buffer
        }

        /// The picture's points ↦ the crop's, both as Core Image has them: origin lower left, pixels' centres at ½.
        ///
        /// MediaPipe counts from pixels' centres: its crop's pixel (0, 0) is the sample at the region's corner itself.
        /// Source: google-ai-edge/mediapipe, mediapipe/calculators/tensor/image_to_tensor_converter_opencv.cc.
        static func transform(_ region: Region, side: Float, height: Float) -> CGAffineTransform {
            let half = SIMD2<Float>(repeating: 0.5)
            var toFrame = region.cropToFrame(side: side)
            toFrame.translation = toFrame.apply(-half) + half
            guard let toCrop = toFrame.inverse else { return .identity }
            let (x, y) = (toCrop.xAxis, toCrop.yAxis)
            // With y turned round in what comes and in what goes: p ↦ (toCrop(p.x, height − p.y)), then side − y.
            let origin = toCrop.apply(SIMD2(0, height))
            return CGAffineTransform(
                a: CGFloat(x.x), b: CGFloat(-x.y), c: CGFloat(-y.x), d: CGFloat(y.y),
                tx: CGFloat(origin.x), ty: CGFloat(side - origin.y))
        }
    }
#endif

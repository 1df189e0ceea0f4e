#if canImport(CoreML)
    import CoreVideo
    import Foundation

    /// Square pictures that a network takes, used again and again. Not sendable: an actor keeps it.
    nonisolated struct PixelBufferPool {
        private let pool: CVPixelBufferPool

        /// - Throws: ``BlazeMeshError/noBuffer(code:)``.
        init(width: Int, height: Int) throws {
            let attributes: [CFString: Any] = [
                kCVPixelBufferPixelFormatTypeKey: kCVPixelFormatType_32BGRA,
                kCVPixelBufferWidthKey: width,
                kCVPixelBufferHeightKey: height,
                kCVPixelBufferMetalCompatibilityKey: true,
                kCVPixelBufferIOSurfacePropertiesKey: [String: Any](),
            ]
            var made: CVPixelBufferPool?
            let code = CVPixelBufferPoolCreate(kCFAllocatorDefault, nil, attributes as CFDictionary, &made)
            guard code == kCVReturnSuccess, let made else { throw BlazeMeshError.noBuffer(code: Int(code)) }
            pool = made
        }

        /// A picture whose pixels are whatever was in it before.
        ///
        /// - Throws: ``BlazeMeshError/noBuffer(code:)``.
        func buffer() throws -> CVPixelBuffer {
            var made: CVPixelBuffer?
            let code = CVPixelBufferPoolCreatePixelBuffer(kCFAllocatorDefault, pool, &made)
            guard code == kCVReturnSuccess, let made else { throw BlazeMeshError.noBuffer(code: Int(code)) }
            return made
        }
    }
#endif

#if canImport(CoreML)
    import CoreML
    import Foundation
    import XCTest

    /// The file tests/golden/packages.json: pictures, and what each package's bytes mean for them.
    struct PackageVectors: Decodable {
        let cases: [PictureCase]

        static func load() throws -> PackageVectors {
            let data = try Data(contentsOf: try goldenFolder().appendingPathComponent("packages.json"))
            return try JSONDecoder().decode(PackageVectors.self, from: data)
        }
    }

    /// A picture, and every package that takes it.
    struct PictureCase: Decodable {
        struct Package: Decodable {
            let name: String
            let outputs: [Output]
        }

        struct Output: Decodable {
            let name: String
            let shape: [Int]
            /// Indices along the first axis.
            let rows: [Int]
            /// The elements in these rows.
            let values: [Float]
            let tolerance: Float
        }

        let name: String
        let side: Int
        /// Rows of red, green and blue.
        let pixels: Data
        let packages: [Package]

        func package(_ name: String) -> Package? {
            packages.first { $0.name == name }
        }

        /// The picture as cameras give it: blue, green, red, alpha.
        func pixelBuffer() throws -> CVPixelBuffer {
            let attributes: [CFString: Any] = [kCVPixelBufferIOSurfacePropertiesKey: [String: Any]()]
            var made: CVPixelBuffer?
            let code = CVPixelBufferCreate(
                kCFAllocatorDefault, side, side, kCVPixelFormatType_32BGRA, attributes as CFDictionary, &made)
            XCTAssertEqual(code, kCVReturnSuccess)
            let buffer = try XCTUnwrap(made)
            CVPixelBufferLockBaseAddress(buffer, [])
            defer { CVPixelBufferUnlockBaseAddress(buffer, []) }
            let base = try XCTUnwrap(CVPixelBufferGetBaseAddress(buffer))
            let rowBytes = CVPixelBufferGetBytesPerRow(buffer)
            for index in 0..<side * side {
                let pixel = base + (index / side * rowBytes + index % side * 4)
                for channel in 0..<3 {
                    pixel.storeBytes(of: pixels[3 * index + 2 - channel], toByteOffset: channel, as: UInt8.self)
                }
                pixel.storeBytes(of: 255, toByteOffset: 3, as: UInt8.self)
            }
            return buffer
        }
    }
#endif

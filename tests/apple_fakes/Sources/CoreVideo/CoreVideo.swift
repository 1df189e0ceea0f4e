@_exported import Foundation

public typealias CFString = String
public typealias CFDictionary = [AnyHashable: Any]
public typealias CVReturn = Int32

public let kCFAllocatorDefault: Int? = nil
public let kCVReturnSuccess: CVReturn = 0
public let kCVReturnInvalidArgument: CVReturn = -6661
public let kCVPixelFormatType_32BGRA: UInt32 = 0x4247_5241
public let kCVPixelBufferPixelFormatTypeKey: CFString = "PixelFormatType"
public let kCVPixelBufferWidthKey: CFString = "Width"
public let kCVPixelBufferHeightKey: CFString = "Height"
public let kCVPixelBufferIOSurfacePropertiesKey: CFString = "IOSurfaceProperties"
public let kCVPixelBufferMetalCompatibilityKey: CFString = "MetalCompatibility"

/// Blue, green, red, alpha; rows are aligned to 64 bytes, as Core Video's are.
public final class CVPixelBuffer {
    public let width: Int
    public let height: Int
    public let bytesPerRow: Int
    public var bytes: [UInt8]

    public init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        bytesPerRow = (4 * width + 63) / 64 * 64
        bytes = Array(repeating: 0x5A, count: bytesPerRow * height)
    }
}

@available(*, unavailable)
extension CVPixelBuffer: @unchecked Sendable {}

public final class CVPixelBufferPool {
    let width: Int
    let height: Int

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
    }
}

@discardableResult
public func CVPixelBufferPoolCreate(
    _ allocator: Int?, _ pool: CFDictionary?, _ attributes: CFDictionary?,
    _ made: UnsafeMutablePointer<CVPixelBufferPool?>
) -> CVReturn {
    guard let width = attributes?[kCVPixelBufferWidthKey] as? Int,
        let height = attributes?[kCVPixelBufferHeightKey] as? Int,
        attributes?[kCVPixelBufferPixelFormatTypeKey] as? UInt32 == kCVPixelFormatType_32BGRA
    else { return kCVReturnInvalidArgument }
    made.pointee = CVPixelBufferPool(width: width, height: height)
    return kCVReturnSuccess
}

@discardableResult
public func CVPixelBufferPoolCreatePixelBuffer(
    _ allocator: Int?, _ pool: CVPixelBufferPool, _ made: UnsafeMutablePointer<CVPixelBuffer?>
) -> CVReturn {
    made.pointee = CVPixelBuffer(width: pool.width, height: pool.height)
    return kCVReturnSuccess
}

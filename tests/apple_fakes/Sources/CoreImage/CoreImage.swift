@_exported import CoreGraphics
@_exported import CoreVideo
@_exported import ImageIO

public struct CIImageOption: Hashable, Sendable {
    let name: String
    public static let colorSpace = CIImageOption(name: "colorSpace")
}

public struct CIContextOption: Hashable, Sendable {
    let name: String
    public static let workingColorSpace = CIContextOption(name: "workingColorSpace")
    public static let cacheIntermediates = CIContextOption(name: "cacheIntermediates")
}

/// Red, green, blue (times alpha) and alpha at each point of the plane: origin in the lower left corner, y up, a pixel's
/// centre at ½.
public final class CIImage: Sendable {
    typealias Sample = @Sendable (CGPoint) -> SIMD4<Double>

    public let extent: CGRect
    let sample: Sample

    init(_ extent: CGRect, _ sample: @escaping Sample) {
        (self.extent, self.sample) = (extent, sample)
    }

    public convenience init(cgImage image: CGImage, options: [CIImageOption: Any]? = nil) {
        self.init(width: image.width, height: image.height, pixels: image.pixels)
    }

    public convenience init(cvPixelBuffer buffer: CVPixelBuffer, options: [CIImageOption: Any]? = nil) {
        let pixels = (0..<buffer.width * buffer.height).map { index in
            let start = index / buffer.width * buffer.bytesPerRow + index % buffer.width * 4
            let bytes = buffer.bytes
            return SIMD4(bytes[start + 2], bytes[start + 1], bytes[start], bytes[start + 3])
        }
        self.init(width: buffer.width, height: buffer.height, pixels: pixels)
    }

    /// Bilinear between the pixels' centres; nothing outside.
    private convenience init(width: Int, height: Int, pixels: [SIMD4<UInt8>]) {
        let pixel: @Sendable (Int, Int) -> SIMD4<Double> = { column, row in
            guard (0..<width).contains(column), (0..<height).contains(row) else { return .zero }
            return SIMD4<Double>(pixels[row * width + column])
        }
        self.init(CGRect(x: 0, y: 0, width: width, height: height)) { point in
            let (x, y) = (Double(point.x) - 0.5, Double(height) - Double(point.y) - 0.5)
            let (left, top) = (x.rounded(.down), y.rounded(.down))
            let (right, below) = (x - left, y - top)
            let (column, row) = (Int(left), Int(top))
            let upper = pixel(column, row) * (1 - right) + pixel(column + 1, row) * right
            let lower = pixel(column, row + 1) * (1 - right) + pixel(column + 1, row + 1) * right
            return upper * (1 - below) + lower * below
        }
    }

    public static let black = CIImage(.infinite) { _ in SIMD4(0, 0, 0, 255) }

    public func transformed(by map: CGAffineTransform) -> CIImage {
        let (back, sample) = (map.inverted(), sample)
        return CIImage(extent.applying(map)) { sample($0.applying(back)) }
    }

    public func cropped(to rect: CGRect) -> CIImage {
        let sample = sample
        return CIImage(extent.isInfinite ? rect : extent.intersection(rect)) {
            rect.contains($0) ? sample($0) : .zero
        }
    }

    /// The outermost pixels go on for ever.
    public func clampedToExtent() -> CIImage {
        let (inner, sample) = (extent.insetBy(dx: 0.5, dy: 0.5), sample)
        return CIImage(.infinite) { point in
            let x = min(max(point.x, inner.minX), inner.maxX)
            let y = min(max(point.y, inner.minY), inner.maxY)
            return sample(CGPoint(x: x, y: y))
        }
    }

    public func composited(over other: CIImage) -> CIImage {
        let (above, below) = (sample, other.sample)
        return CIImage(extent.union(other.extent)) { point in
            let color = above(point)
            return color + below(point) * (1 - color.w / 255)
        }
    }

    /// The eight cases of Exif's tag 274, on points whose origin is in the upper left corner.
    public func oriented(_ orientation: CGImagePropertyOrientation) -> CIImage {
        let (w, h) = (extent.width, extent.height)
        let (map, height): (CGAffineTransform, CGFloat) =
            switch orientation {
            case .up: (CGAffineTransform(a: 1, b: 0, c: 0, d: 1, tx: 0, ty: 0), h)
            case .upMirrored: (CGAffineTransform(a: -1, b: 0, c: 0, d: 1, tx: w, ty: 0), h)
            case .down: (CGAffineTransform(a: -1, b: 0, c: 0, d: -1, tx: w, ty: h), h)
            case .downMirrored: (CGAffineTransform(a: 1, b: 0, c: 0, d: -1, tx: 0, ty: h), h)
            case .leftMirrored: (CGAffineTransform(a: 0, b: 1, c: 1, d: 0, tx: 0, ty: 0), w)
            case .right: (CGAffineTransform(a: 0, b: 1, c: -1, d: 0, tx: h, ty: 0), w)
            case .rightMirrored: (CGAffineTransform(a: 0, b: -1, c: -1, d: 0, tx: h, ty: w), w)
            case .left: (CGAffineTransform(a: 0, b: -1, c: 1, d: 0, tx: 0, ty: w), w)
            }
        let toTop = CGAffineTransform(a: 1, b: 0, c: 0, d: -1, tx: 0, ty: h)
        let toBottom = CGAffineTransform(a: 1, b: 0, c: 0, d: -1, tx: 0, ty: height)
        return transformed(by: toTop).transformed(by: map).transformed(by: toBottom)
    }
}

public final class CIContext: Sendable {
    public init(options: [CIContextOption: Any]? = nil) {}

    public func render(_ image: CIImage, to buffer: CVPixelBuffer, bounds: CGRect, colorSpace: Int?) {
        for row in 0..<buffer.height {
            for column in 0..<buffer.width {
                let x = bounds.minX + CGFloat(column) + 0.5
                let y = bounds.maxY - CGFloat(row) - 0.5
                let color = image.sample(CGPoint(x: x, y: y)).rounded(.toNearestOrEven)
                let start = row * buffer.bytesPerRow + 4 * column
                for (channel, place) in [2, 1, 0, 3].enumerated() {
                    buffer.bytes[start + place] = UInt8(min(max(color[channel], 0), 255))
                }
            }
        }
    }
}

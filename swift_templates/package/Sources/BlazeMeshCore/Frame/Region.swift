/// A rotated rectangle of a frame that a network looks at.
///
/// Centre and size are normalised to the frame's width and height (origin top left, y down; parts may lie outside);
/// the rotation is in radians, clockwise as seen in the picture. All numbers are finite, the sides positive, and a rotated
/// region is a square in pixels.
public nonisolated struct Region: Sendable, Hashable {
    /// The middle, normalised to the frame.
    public let center: SIMD2<Float>
    /// Width and height before the rotation, normalised to the frame's.
    public let size: SIMD2<Float>
    /// In radians, clockwise, −π up to π.
    public let rotation: Float
    /// The frame's width and height in pixels.
    public let frameSize: SIMD2<Float>
    /// Whether the network sees the rectangle's right side on its left.
    public private(set) var isMirrored = false

    /// A region; `nil` unless all numbers are finite, both sizes positive, and where it is rotated equal in pixels.
    public init?(center: SIMD2<Float>, size: SIMD2<Float>, rotation: Float, frameSize: SIMD2<Float>) {
        let numbers = SIMD4(lowHalf: center, highHalf: size).sum() + rotation + frameSize.sum()
        guard numbers.isFinite, size.min() > 0, frameSize.min() > 0 else { return nil }
        let pixels = size * frameSize
        guard rotation == 0 || pixels.max() - pixels.min() <= 1e-3 * pixels.max() else { return nil }
        (self.center, self.size, self.rotation, self.frameSize) = (center, size, rotation, frameSize)
    }

    /// The same rectangle, seen left to right.
    public var mirrored: Region {
        var other = self
        other.isMirrored.toggle()
        return other
    }

    /// The middle in pixels of the frame.
    public var centerInPixels: SIMD2<Float> { center * frameSize }

    /// Width and height in pixels of the frame.
    public var sizeInPixels: SIMD2<Float> { size * frameSize }

    /// The corners in pixels of the frame: those that a network sees top left, top right, bottom right, bottom left.
    public var corners: (SIMD2<Float>, SIMD2<Float>, SIMD2<Float>, SIMD2<Float>) {
        let transform = cropToFrame(side: 1)
        return (
            transform.apply(SIMD2(0, 0)), transform.apply(SIMD2(1, 0)), transform.apply(SIMD2(1, 1)),
            transform.apply(SIMD2(0, 1))
        )
    }

    /// Pixels of a crop of `side` × `side` ↦ pixels of the frame: how the crop is to be sampled.
    ///
    /// With width a, height b, rotation t and centre c in pixels, and (u, v) the crop's point divided by `side`:
    /// c + a(u − ½)(cos t, sin t) + b(v − ½)(−sin t, cos t); a is negative in a mirrored region.
    /// Source: google-ai-edge/mediapipe, mediapipe/calculators/util/landmark_projection_calculator.cc.
    public func cropToFrame(side: Float) -> FrameTransform {
        let (cosine, sine) = (LibM.cosine(rotation), LibM.sine(rotation))
        let x = SIMD2(cosine, sine) * (isMirrored ? -sizeInPixels.x : sizeInPixels.x)
        let y = SIMD2(-sine, cosine) * sizeInPixels.y
        return FrameTransform(xAxis: x / side, yAxis: y / side, translation: centerInPixels - (x + y) / 2)
    }

    /// Points normalised to the crop ↦ points normalised to the frame. z is scaled by the width, `size.x`.
    public var unitToFrame: FrameTransform {
        let pixels = cropToFrame(side: 1)
        return FrameTransform(
            xAxis: pixels.xAxis / frameSize, yAxis: pixels.yAxis / frameSize,
            translation: pixels.translation / frameSize)
    }

    /// Intersection over union, 0 to 1, of both rectangles as if neither were rotated.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/calculators/util/association_norm_rect_calculator.cc.
    public func overlap(_ other: Region) -> Float {
        let (low, otherLow) = (center - size / 2, other.center - other.size / 2)
        var shared: Float = 1
        for axis in 0..<2 {
            let start = max(low[axis], otherLow[axis])
            let end = min(low[axis] + size[axis], otherLow[axis] + other.size[axis])
            shared *= max(end - start, 0)
        }
        return shared / (size.x * size.y + other.size.x * other.size.y - shared)
    }
}

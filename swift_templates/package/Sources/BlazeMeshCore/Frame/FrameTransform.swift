/// An affine map between coordinates of frames, crops and views: p ↦ x · `xAxis` + y · `yAxis` + `translation`.
///
/// `CGAffineTransform(a, b, c, d, tx, ty)` has the same numbers in this order: both of `xAxis`, of `yAxis`, of
/// `translation`.
public nonisolated struct FrameTransform: Sendable, Hashable {
    /// Where the unit along x goes.
    public var xAxis: SIMD2<Float>
    /// Where the unit along y goes.
    public var yAxis: SIMD2<Float>
    /// Where the origin goes.
    public var translation: SIMD2<Float>

    /// The map of these axes and this translation; without any, the one that moves nothing.
    public init(
        xAxis: SIMD2<Float> = SIMD2(1, 0), yAxis: SIMD2<Float> = SIMD2(0, 1), translation: SIMD2<Float> = .zero
    ) {
        (self.xAxis, self.yAxis, self.translation) = (xAxis, yAxis, translation)
    }

    /// A scaling about the origin.
    public init(scale: SIMD2<Float>) {
        self.init(xAxis: SIMD2(scale.x, 0), yAxis: SIMD2(0, scale.y))
    }

    /// Where a point goes.
    @inline(__always)
    public func apply(_ point: SIMD2<Float>) -> SIMD2<Float> {
        point.x * xAxis + point.y * yAxis + translation
    }

    /// This map, then `next`.
    public func then(_ next: FrameTransform) -> FrameTransform {
        let origin = FrameTransform(xAxis: next.xAxis, yAxis: next.yAxis)
        return FrameTransform(
            xAxis: origin.apply(xAxis), yAxis: origin.apply(yAxis), translation: next.apply(translation))
    }

    /// The map back; `nil` where there is none, because the plane was flattened or a number is not finite.
    public var inverse: FrameTransform? {
        let determinant = xAxis.x * yAxis.y - xAxis.y * yAxis.x
        guard determinant != 0, (1 / determinant).isFinite else { return nil }
        let x = SIMD2(yAxis.y, -xAxis.y) / determinant
        let y = SIMD2(-yAxis.x, xAxis.x) / determinant
        return FrameTransform(xAxis: x, yAxis: y, translation: -(translation.x * x + translation.y * y))
    }
}

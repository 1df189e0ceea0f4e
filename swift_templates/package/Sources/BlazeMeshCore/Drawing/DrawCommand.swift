/// One thing to draw, in whatever coordinates the list was made for; widths and radii are in their units.
public nonisolated enum DrawCommand: Sendable, Hashable {
    /// A filled disc.
    case point(center: SIMD2<Float>, radius: Float, color: DrawColor)
    /// A line with round ends.
    case line(from: SIMD2<Float>, to: SIMD2<Float>, width: Float, color: DrawColor)
    /// A filled triangle.
    case triangle(SIMD2<Float>, SIMD2<Float>, SIMD2<Float>, color: DrawColor)
}

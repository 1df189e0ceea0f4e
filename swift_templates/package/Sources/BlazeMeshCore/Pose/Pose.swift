/// Where a head is and looks: the similarity that takes the canonical face there, p ↦ `scale` · R · p + `translation`.
///
/// Centimetres; x to the right, y up, the camera in the origin looking along −z.
public nonisolated struct Pose: Sendable, Hashable {
    /// Where the axes go: R's columns, unit vectors at right angles to each other.
    public let xAxis: SIMD3<Float>
    /// See ``xAxis``.
    public let yAxis: SIMD3<Float>
    /// See ``xAxis``.
    public let zAxis: SIMD3<Float>
    /// How many times larger than the canonical face the face is.
    public let scale: Float
    /// Where the canonical face's origin goes.
    public let translation: SIMD3<Float>

    /// The columns of the 4 × 4 matrix, as `simd_float4x4(columns:)` takes them.
    public var columns: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>) {
        (SIMD4(xAxis * scale, 0), SIMD4(yAxis * scale, 0), SIMD4(zAxis * scale, 0), SIMD4(translation, 1))
    }

    /// Where a point of the canonical face's frame goes.
    public func apply(_ point: SIMD3<Float>) -> SIMD3<Float> {
        (point.x * xAxis + point.y * yAxis + point.z * zAxis) * scale + translation
    }
}

/// The box around landmarks, and whether all of them are finite.
nonisolated struct LandmarkBounds {
    private var low = SIMD4<Float>(repeating: .infinity)
    private var high = SIMD4<Float>(repeating: -.infinity)
    private var total = SIMD4<Float>.zero

    init() {}

    init(_ landmarks: [SIMD3<Float>]) {
        landmarks.withPaddedPoints { points in
            for point in points {
                add(point)
            }
        }
    }

    /// No comparison with NaN holds, so that the sum has to tell of it.
    @inline(__always)
    mutating func add(_ point: SIMD4<Float>) {
        low.replace(with: point, where: point .< low)
        high.replace(with: point, where: point .> high)
        total += point
    }

    var minimum: SIMD2<Float> { low.lowHalf }
    var maximum: SIMD2<Float> { high.lowHalf }
    var areFinite: Bool { (total.x + total.y + total.z).isFinite && low.x <= high.x }
}

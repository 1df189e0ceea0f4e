/// The similarity p ↦ `scale` · R · p + `translation`, in double precision.
nonisolated struct Similarity {
    /// R's columns.
    var rotation: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
    var scale: Double
    var translation: SIMD3<Double>
}

/// Finds the similarity that takes weighted points closest to others: the weighted sum of squared distances is least.
///
/// The rotation is the unit quaternion that maximises a quadratic form: the eigenvector of a symmetric 4 × 4 matrix, so
/// that no reflection can come out. Source: B. K. P. Horn, "Closed-form solution of absolute orientation using unit
/// quaternions", Journal of the Optical Society of America A 4 (1987).
nonisolated struct Procrustes: Sendable {
    private let mean: SIMD3<Double>
    private let shares: [Double]
    /// The centred source times the shares.
    private let weighted: [SIMD3<Double>]
    private let spread: Double

    init(source: [SIMD3<Double>], weights: [Double]) {
        let total = weights.reduce(0, +)
        let shares = weights.map { $0 / total }
        let mean = zip(shares, source).reduce(into: SIMD3<Double>.zero) { $0 += $1.0 * $1.1 }
        weighted = zip(shares, source).map { $0 * ($1 - mean) }
        spread = zip(weighted, source).reduce(0) { $0 + ($1.0 * ($1.1 - mean)).sum() }
        (self.mean, self.shares) = (mean, shares)
    }

    /// The similarity that takes the source to `target`, which has as many points.
    func fit(_ target: UnsafeBufferPointer<SIMD3<Double>>) -> Similarity {
        // Rows of the covariance: the sum over the points of one weighted source coordinate times the target.
        var (x, y, z, middle) = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
        weighted.withUnsafeBufferPointer { weighted in
            shares.withUnsafeBufferPointer { shares in
                for index in weighted.indices {
                    let (from, to) = (weighted[index], target[index])
                    x += from.x * to
                    y += from.y * to
                    z += from.z * to
                    middle += shares[index] * to
                }
            }
        }
        let rotation = Quaternion(maximising: (x, y, z)).columns
        let scale = ((x * rotation.0).sum() + (y * rotation.1).sum() + (z * rotation.2).sum()) / spread
        let turned = mean.x * rotation.0 + mean.y * rotation.1 + mean.z * rotation.2
        return Similarity(rotation: rotation, scale: scale, translation: middle - scale * turned)
    }
}

/// A rotation as a unit quaternion.
nonisolated struct Quaternion {
    private let q: SIMD4<Double>

    /// The rotation R for which the trace of R · covariance is largest, given the covariance's rows.
    ///
    /// Horn's matrix is shifted until its wanted eigenvalue is the largest in size, and squared until only that
    /// eigenvector is left: each squaring doubles the exponent, so that a handful is enough.
    init(maximising rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)) {
        let (x, y, z) = rows
        var matrix = Symmetric4(
            diagonal: SIMD4(x.x + y.y + z.z, x.x - y.y - z.z, y.y - x.x - z.z, z.z - x.x - y.y),
            first: SIMD3(y.z - z.y, z.x - x.z, x.y - y.x), second: SIMD3(x.y + y.x, z.x + x.z, y.z + z.y))
        matrix.diagonal += matrix.norm
        for _ in 0..<40 where !matrix.isRankOne {
            matrix.square()
        }
        q = matrix.longestColumn
    }

    /// The rotation matrix's columns.
    var columns: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
        let (w, x, y, z) = (q.x, q.y, q.z, q.w)
        return (
            SIMD3(1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)),
            SIMD3(2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)),
            SIMD3(2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y))
        )
    }
}

/// A symmetric 4 × 4 matrix: its diagonal, and above it (0,1), (0,2), (0,3) and (1,2), (1,3), (2,3).
nonisolated struct Symmetric4 {
    var diagonal: SIMD4<Double>
    var first: SIMD3<Double>
    var second: SIMD3<Double>

    /// The Frobenius norm, which no eigenvalue exceeds.
    var norm: Double { squaredNorm.squareRoot() }

    private var squaredNorm: Double {
        (diagonal * diagonal).sum() + 2 * ((first * first).sum() + (second * second).sum())
    }

    /// Whether one eigenvalue is all that is left: of rank one, the squared trace is the squared norm.
    var isRankOne: Bool {
        let trace = diagonal.sum()
        return !(trace * trace - squaredNorm > 1e-15 * trace * trace)
    }

    private var columns: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
        (
            SIMD4(diagonal.x, first.x, first.y, first.z), SIMD4(first.x, diagonal.y, second.x, second.y),
            SIMD4(first.y, second.x, diagonal.z, second.z), SIMD4(first.z, second.y, second.z, diagonal.w)
        )
    }

    /// Becomes its own square, divided by its squared trace to stay within range.
    mutating func square() {
        let trace = diagonal.sum()
        let scale = 1 / (trace * trace)
        let (a, b, c, d) = columns
        diagonal = SIMD4((a * a).sum(), (b * b).sum(), (c * c).sum(), (d * d).sum()) * scale
        first = SIMD3((a * b).sum(), (a * c).sum(), (a * d).sum()) * scale
        second = SIMD3((b * c).sum(), (b * d).sum(), (c * d).sum()) * scale
    }

    /// The column of the largest diagonal element as a unit vector; of the zero matrix, the first axis.
    var longestColumn: SIMD4<Double> {
        let (a, b, c, d) = columns
        let largest = diagonal.max()
        let column = largest == diagonal.x ? a : largest == diagonal.y ? b : largest == diagonal.z ? c : d
        let length = (column * column).sum().squareRoot()
        return length > 0 ? column / length : SIMD4(1, 0, 0, 0)
    }
}

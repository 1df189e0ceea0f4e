/// The values of a tensor [N] that are at least so large; NaN is not. Most aren't: eight are looked at in one go.
nonisolated struct LogitScan {
    private let values: TensorView
    private let least: Float

    init(_ values: TensorView, least: Float) {
        (self.values, self.least) = (values, least)
    }

    @inline(__always)
    func forEach(_ body: (Int, Float) -> Void) {
        let contiguous = values.strides.x == 1
        let end = contiguous ? values.rows & ~7 : 0
        for block in stride(from: 0, to: end, by: 8) {
            let eight = values.address(block).loadUnaligned(as: SIMD8<Float>.self)
            guard any(eight .>= least) else { continue }
            for lane in 0..<8 where eight[lane] >= least {
                body(block + lane, eight[lane])
            }
        }
        for row in end..<values.rows {
            let value = values.element(row, 0)
            if value >= least { body(row, value) }
        }
    }
}

nonisolated extension TensorView {
    /// The points of a tensor [N, P, 2] as one buffer, row after row.
    ///
    /// Where they follow each other without gaps and are aligned as `SIMD2<Float>` is, `body` reads the tensor itself;
    /// otherwise they are first copied into `scratch`, which grows once and is used again.
    ///
    /// - Throws: ``TensorShapeError`` for a tensor whose innermost axis is not of size 2, or what `body` throws.
    public func withPoints<Result>(
        scratch: inout [SIMD2<Float>],
        _ body: (UnsafeBufferPointer<SIMD2<Float>>) throws -> Result
    ) throws -> Result {
        guard shape.z == 2 else { throw TensorShapeError(found: shape, expected: SIMD3(shape.x, shape.y, 2)) }
        let count = shape.x * shape.y
        if arePackedPoints {
            return try base.withMemoryRebound(to: SIMD2<Float>.self, capacity: count) {
                try body(UnsafeBufferPointer(start: $0, count: count))
            }
        }
        scratch.removeAll(keepingCapacity: true)
        for row in 0..<shape.x {
            for point in 0..<shape.y {
                scratch.append(SIMD2(element(row, 2 * point), element(row, 2 * point + 1)))
            }
        }
        return try scratch.withUnsafeBufferPointer(body)
    }

    private var arePackedPoints: Bool {
        let aligned = UInt(bitPattern: base) % UInt(MemoryLayout<SIMD2<Float>>.alignment) == 0
        return hasContiguousRows && (shape.x <= 1 || strides.x == columns) && aligned
    }

    /// The three elements of a row of a tensor [N, 3], and a 0; the caller has checked the shape.
    @inline(__always)
    func padded3(_ row: Int, contiguous: Bool) -> SIMD4<Float> {
        guard contiguous else { return SIMD4(element(row, 0), element(row, 1), element(row, 2), 0) }
        let start = address(row)
        let last = start.loadUnaligned(fromByteOffset: 2 * Self.elementSize, as: Float.self)
        return SIMD4(lowHalf: start.loadUnaligned(as: SIMD2<Float>.self), highHalf: SIMD2(last, 0))
    }

    /// The sixteen elements of a row of a tensor [N, 16] or [N, 8, 2]; the caller has checked the shape.
    @inline(__always)
    func row16(_ row: Int, contiguous: Bool) -> SIMD16<Float> {
        guard contiguous else { return gatheredRow16(row) }
        return address(row).loadUnaligned(as: SIMD16<Float>.self)
    }

    @inline(never)
    private func gatheredRow16(_ row: Int) -> SIMD16<Float> {
        var values = SIMD16<Float>()
        for column in 0..<16 {
            values[column] = element(row, column)
        }
        return values
    }
}

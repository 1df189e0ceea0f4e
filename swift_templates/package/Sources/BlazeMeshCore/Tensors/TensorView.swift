/// Somebody else's tensor of `Float` with up to three axes, read in place whatever its strides are.
///
/// A model's outputs may be padded: the Neural Engine aligns rows, so that neighbours in an array are not always
/// neighbours in memory. A view never copies; it is valid as long as the memory that it was made of.
public nonisolated struct TensorView {
    let base: UnsafeRawPointer
    /// Sizes of the axes; those that a tensor lacks count 1.
    public let shape: SIMD3<Int>
    /// How many elements lie between neighbours along each axis.
    public let strides: SIMD3<Int>

    /// A view of `memory`, whose first element is the tensor's first one; it need not be aligned.
    /// `nil` where the tensor would reach beyond `memory`, or a size or a stride is negative.
    ///
    /// - Parameters:
    ///   - memory: Bytes of `Float` in the machine's order.
    ///   - shape: Sizes of the axes, 1 for axes that the tensor lacks, the last one innermost.
    ///   - strides: Distances along the axes in elements, 0 or more.
    public init?(_ memory: UnsafeRawBufferPointer, shape: SIMD3<Int>, strides: SIMD3<Int>) {
        guard let extent = Self.extent(shape: shape, strides: strides), extent <= memory.count / Self.elementSize
        else { return nil }
        guard let start = memory.baseAddress ?? UnsafeRawPointer(bitPattern: Self.elementSize) else { return nil }
        (base, self.shape, self.strides) = (start, shape, strides)
    }

    /// A view of a matrix without gaps, row by row; `nil` unless `memory` holds `rows` × `columns` elements or more.
    public init?(_ memory: UnsafeBufferPointer<Float>, rows: Int, columns: Int = 1) {
        let strides = SIMD3(columns, 1, 1)
        self.init(UnsafeRawBufferPointer(memory), shape: SIMD3(rows, columns, 1), strides: strides)
    }

    /// The size of the first axis.
    public var rows: Int { shape.x }

    /// How many elements a row has: the product of the other axes' sizes.
    public var columns: Int { shape.y * shape.z }

    /// The element in `row` and `column`, the latter counted through both inner axes.
    public subscript(row: Int, column: Int) -> Float {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside of the tensor")
        return element(row, column)
    }

    static let elementSize = MemoryLayout<Float>.size

    /// Whether each row's elements follow each other without gaps.
    var hasContiguousRows: Bool {
        (shape.z <= 1 || strides.z == 1) && (shape.y <= 1 || strides.y == shape.z)
    }

    /// Where a row begins; it lies inside only if `row` does.
    @inline(__always)
    func address(_ row: Int) -> UnsafeRawPointer {
        base + row &* strides.x &* Self.elementSize
    }

    @inline(__always)
    func element(_ row: Int, _ column: Int) -> Float {
        let (outer, inner) = shape.z == 1 ? (column, 0) : column.quotientAndRemainder(dividingBy: shape.z)
        let offset = row &* strides.x &+ outer &* strides.y &+ inner &* strides.z
        return (base + offset &* Self.elementSize).loadUnaligned(as: Float.self)
    }

    /// One more than the offset of the last element; `nil` where it or the elements can't be counted, or something is
    /// negative.
    private static func extent(shape: SIMD3<Int>, strides: SIMD3<Int>) -> Int? {
        var (extent, count) = (1, 1)
        for axis in 0..<3 {
            guard shape[axis] >= 0, strides[axis] >= 0 else { return nil }
            let (reach, tooFar) = max(shape[axis] - 1, 0).multipliedReportingOverflow(by: strides[axis])
            let (sum, tooLarge) = extent.addingReportingOverflow(reach)
            let (product, tooMany) = count.multipliedReportingOverflow(by: max(shape[axis], 1))
            guard !tooFar, !tooLarge, !tooMany else { return nil }
            (extent, count) = (sum, product)
        }
        return shape.min() == 0 ? 0 : extent
    }
}

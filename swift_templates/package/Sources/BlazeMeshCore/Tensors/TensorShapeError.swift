/// A tensor is not of the shape that is needed.
public nonisolated struct TensorShapeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The tensor's shape; missing axes are 1.
    public let found: SIMD3<Int>
    /// The shape that was needed.
    public let expected: SIMD3<Int>

    /// An error that names both shapes.
    public init(found: SIMD3<Int>, expected: SIMD3<Int>) {
        (self.found, self.expected) = (found, expected)
    }

    /// One line that says what was found and what was expected.
    public var description: String {
        func text(_ shape: SIMD3<Int>) -> String { "[\(shape.x), \(shape.y), \(shape.z)]" }
        return "tensor of shape \(text(found)); expected \(text(expected)): build the packages again"
    }
}

nonisolated extension TensorView {
    /// Throws unless the tensor has `rows` rows of `columns` elements, on however many axes.
    func require(rows: Int, columns: Int) throws(TensorShapeError) {
        guard self.rows == rows, self.columns == columns else {
            throw TensorShapeError(found: shape, expected: SIMD3(rows, columns, 1))
        }
    }
}

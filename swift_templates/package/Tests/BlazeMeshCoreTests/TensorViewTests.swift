import Testing

@testable import BlazeMeshCore

@Suite struct TensorViewTests {
    private let values = (0..<24).map { Float($0) }

    private func view<Result>(
        _ shape: SIMD3<Int>, _ strides: SIMD3<Int>, _ body: (TensorView?) throws -> Result
    ) rethrows -> Result {
        try values.withUnsafeBytes { try body(TensorView($0, shape: shape, strides: strides)) }
    }

    @Test func elementsAreFoundWhateverTheStrides() throws {
        try view(SIMD3(2, 3, 2), SIMD3(12, 4, 2)) { found in
            let tensor = try #require(found)
            let elements = (0..<2).map { row in (0..<6).map { tensor[row, $0] } }
            #expect(elements == [[0, 2, 4, 6, 8, 10], [12, 14, 16, 18, 20, 22]])
            #expect(!tensor.hasContiguousRows)
        }
        view(SIMD3(4, 3, 2), SIMD3(6, 2, 1)) { #expect($0?.hasContiguousRows == true) }
        view(SIMD3(4, 6, 1), SIMD3(6, 1, 1)) { #expect($0?.hasContiguousRows == true) }
    }

    @Test(arguments: [
        (SIMD3(25, 1, 1), SIMD3(1, 1, 1)), (SIMD3(2, 1, 1), SIMD3(24, 1, 1)), (SIMD3(-1, 1, 1), SIMD3(1, 1, 1)),
        (SIMD3(2, 1, 1), SIMD3(-1, 1, 1)), (SIMD3(.max, 2, 1), SIMD3(.max, 1, 1)),
        (SIMD3(.max, .max, 1), SIMD3(1, 1, 1)), (SIMD3(0, .max, 3), SIMD3(0, 0, 0)), (SIMD3(.max, 2, 1), .zero),
    ])
    func whatReachesBeyondTheMemoryIsRefused(shape: SIMD3<Int>, strides: SIMD3<Int>) {
        view(shape, strides) { #expect($0 == nil) }
    }

    @Test func nothingIsATensorToo() {
        view(SIMD3(0, 16, 1), SIMD3(16, 1, 1)) { #expect($0?.rows == 0) }
        #expect(TensorView(UnsafeRawBufferPointer(start: nil, count: 0), shape: .zero, strides: .one) != nil)
        #expect(TensorView(UnsafeRawBufferPointer(start: nil, count: 0), shape: .one, strides: .one) == nil)
    }

    @Test func packedPointsAreReadInPlace() throws {
        var scratch: [SIMD2<Float>] = []
        try values.withUnsafeBytes { bytes in
            let tensor = try #require(TensorView(bytes, shape: SIMD3(3, 4, 2), strides: SIMD3(8, 2, 1)))
            let (first, last) = try tensor.withPoints(scratch: &scratch) { points in
                #expect(points.baseAddress.map { UnsafeRawPointer($0) } == bytes.baseAddress)
                return (points[0], points[points.count - 1])
            }
            #expect(first == SIMD2(0, 1) && last == SIMD2(22, 23))
        }
        #expect(scratch.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4])
    func otherPointsAreCopied(shift: Int) throws {
        let bytes = padded(values, columns: 8, gap: shift == 4 ? 0 : 2, shift: shift)
        var scratch: [SIMD2<Float>] = []
        try bytes.withUnsafeBytes { bytes in
            let memory = UnsafeRawBufferPointer(rebasing: bytes[shift...])
            let strides = SIMD3(shift == 4 ? 8 : 10, 2, 1)
            let tensor = try #require(TensorView(memory, shape: SIMD3(3, 4, 2), strides: strides))
            let points = try tensor.withPoints(scratch: &scratch) { Array($0) }
            #expect(points.flatMap { [$0.x, $0.y] } == values)
        }
        #expect(scratch.count == 12)
    }

    @Test func pointsHaveTwoCoordinates() throws {
        var scratch: [SIMD2<Float>] = []
        try view(SIMD3(8, 3, 1), SIMD3(3, 1, 1)) { found in
            let tensor = try #require(found)
            #expect(throws: TensorShapeError.self) { try tensor.withPoints(scratch: &scratch) { _ in } }
        }
    }

    @Test func anElementOutsideTraps() async {
        await #expect(processExitsWith: .failure) {
            [Float(1), 2].withUnsafeBufferPointer { _ = TensorView($0, rows: 2)?[2, 0] }
        }
    }

    @Test func aMeshMayHaveGaps() throws {
        let numbers = (0..<30).map { Float($0) }
        for (gap, shift) in [(0, 0), (1, 0), (0, 3), (5, 1)] {
            let bytes = padded(numbers, columns: 3, gap: gap, shift: shift)
            var crop = CropLandmarks()
            try bytes.withUnsafeBytes { bytes in
                let memory = UnsafeRawBufferPointer(rebasing: bytes[shift...])
                let tensor = try #require(
                    TensorView(memory, shape: SIMD3(10, 3, 1), strides: SIMD3(3 + gap, 1, 1)))
                try crop.read(tensor, presence: 0.5)
            }
            #expect(crop.points.flatMap { [$0.x, $0.y, $0.z] } == numbers)
        }
    }
}

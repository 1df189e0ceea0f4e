// SIMD3<Float> has the size and stride of SIMD4<Float>, and all of its arithmetic is slower: three lanes are taken
// apart and put together again. Loops over many landmarks see them with the fourth lane, whatever is in it.

nonisolated extension [SIMD3<Float>] {
    /// Reads the points with a fourth lane, whose content means nothing.
    @inline(__always)
    func withPaddedPoints<Result>(_ body: (UnsafeBufferPointer<SIMD4<Float>>) -> Result) -> Result {
        withUnsafeBufferPointer { $0.withMemoryRebound(to: SIMD4<Float>.self, body) }
    }

    /// Reads and writes the points with a fourth lane.
    @inline(__always)
    mutating func withMutablePaddedPoints<Result>(
        _ body: (UnsafeMutableBufferPointer<SIMD4<Float>>) -> Result
    ) -> Result {
        withUnsafeMutableBufferPointer { $0.withMemoryRebound(to: SIMD4<Float>.self, body) }
    }
}

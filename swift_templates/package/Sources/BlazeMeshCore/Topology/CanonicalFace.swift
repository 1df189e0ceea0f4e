/// MediaPipe's canonical face: the mean face whose size and place in space are known.
///
/// The table is MediaPipe's; the generated file names its source.
public nonisolated enum CanonicalFace {
    /// The landmarks in centimetres: x to the person's left, y up, z towards the viewer.
    public static let vertices: [SIMD3<Float>] = stride(from: 0, to: coordinates.count, by: 3).map {
        SIMD3(coordinates[$0], coordinates[$0 + 1], coordinates[$0 + 2])
    }

    /// Where each vertex lies in a texture, 0 to 1, origin top left.
    public static let textureCoordinates: [SIMD2<Float>] = stride(from: 0, to: textureNumbers.count, by: 2).map {
        SIMD2(textureNumbers[$0], textureNumbers[$0 + 1])
    }
}

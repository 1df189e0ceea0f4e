/// One of the person's eyes.
public nonisolated enum Eye: CaseIterable, Sendable {
    /// The one on the picture's left, unless the picture is mirrored. The iris network knows this one.
    case right
    /// The other one, which the iris network is shown mirrored.
    case left

    /// The landmarks at the eye's corners, the one on the picture's left first.
    public var corners: (Int, Int) {
        switch self {
        case .right: (33, 133)
        case .left: (362, 263)
        }
    }

    /// The edges of the lid among the iris network's points around an eye, whichever eye it is.
    public static let outline: [FaceMeshTopology.Edge] = stride(from: 0, to: outlineIndices.count, by: 2).map {
        FaceMeshTopology.Edge(outlineIndices[$0], outlineIndices[$0 + 1])
    }

    /// The edges of the iris among the iris network's points: its centre, right, top, left and bottom.
    static let irisOutline: [FaceMeshTopology.Edge] = [SIMD2(1, 2), SIMD2(2, 3), SIMD2(3, 4), SIMD2(4, 1)]
}

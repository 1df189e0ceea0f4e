/// A network that places the landmarks of a face in a crop of it.
public nonisolated struct MeshModel: Sendable, Hashable {
    /// Its package.
    public let package: ModelPackage
    /// How many points it gives.
    public let landmarkCount: Int
    /// Whether lips and eyes are refined and the irises are among the points.
    public let isRefined: Bool
}

/// A network that places the landmarks of an eye in a crop of it.
public nonisolated struct EyeModel: Sendable, Hashable {
    /// Its package.
    public let package: ModelPackage
    /// How many points it gives in all.
    public let landmarkCount: Int
}

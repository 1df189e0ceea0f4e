/// A BlazeFace detector and what its package does with it.
public nonisolated struct DetectorModel: Sendable, Hashable {
    /// How far a package goes from the network's outputs towards faces.
    public enum Form: String, Sendable {
        /// Faces after suppression, in slots.
        case faces
        /// The same as Vision reads them.
        case vision
        /// A candidate an anchor.
        case proposals
    }

    /// Its package.
    public let package: ModelPackage
    /// What the package gives.
    public let form: Form
    /// Where the network's predictions are anchored.
    public let anchors: AnchorRecipe
    /// Candidates count from this score on, 0 to 1.
    public let scoreThreshold: Float
    /// Candidates whose intersection over union is strictly above this are one face, 0 to 1.
    public let iouThreshold: Float
    /// How many faces the package has room for; `nil` for proposals.
    public let slots: Int?
}

/// What is to be known of a Core ML package: its name, what it takes, what it gives.
public nonisolated struct ModelPackage: Sendable, Hashable {
    /// The file's name without `.mlpackage`.
    public let name: String
    /// SHA-256 over the sorted lines "path, NUL, SHA-256 of the file, newline" of the package's files.
    public let sha256: String
    /// The picture that it takes.
    public let image: ImageInput
    /// Numbers that it takes beside the picture, all optional.
    public let scalars: [ScalarInput]
    /// What it gives.
    public let outputs: [TensorOutput]

    /// The output called `name`; `nil` if there is none.
    public func output(_ name: String) -> TensorOutput? {
        outputs.first { $0.name == name }
    }
}

/// A picture that a package takes.
public nonisolated struct ImageInput: Sendable, Hashable {
    /// The feature's name.
    public let name: String
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    /// A channel's value x of 0 to 255 becomes `scale` · x + `bias`; the package does so by itself.
    public let scale: Float
    /// See ``scale``.
    public let bias: Float
}

/// An optional number that a package takes.
public nonisolated struct ScalarInput: Sendable, Hashable {
    /// The feature's name.
    public let name: String
    /// What it is unless it is given.
    public let defaultValue: Double
}

/// A tensor that a package gives.
public nonisolated struct TensorOutput: Sendable, Hashable {
    /// The feature's name.
    public let name: String
    /// Sizes of its axes; −1 depends on the picture.
    public let shape: [Int]
}

/// What is drawn of a face.
public nonisolated struct DrawLayers: OptionSet, Sendable, Hashable {
    /// A bit for each layer.
    public let rawValue: Int

    /// The layers of these bits.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// The mesh's thin lines.
    public static let mesh = DrawLayers(rawValue: 1)
    /// Lips, eyes, brows and the face's oval.
    public static let contours = DrawLayers(rawValue: 2)
    /// The irises, of refined meshes alone.
    public static let irises = DrawLayers(rawValue: 4)
    /// A box: around the landmarks, or, where a face has none, the detection's. So it doesn't jump
    /// when the detector runs.
    public static let boxes = DrawLayers(rawValue: 8)
    /// The detection's keypoints; a face that tracking carried here has none.
    public static let keypoints = DrawLayers(rawValue: 16)
    /// The axes of the head's pose: x, to the right of a picture in which it looks at the camera; y, up; z, ahead. Nothing
    /// without a pose.
    public static let axes = DrawLayers(rawValue: 32)

    /// What landmarks are drawn as.
    static let landmarks: DrawLayers = [.mesh, .contours, .irises]
}

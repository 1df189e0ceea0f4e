/// A face of one frame.
public nonisolated struct Face: Sendable, Hashable, Identifiable {
    /// The same from frame to frame while the face is tracked.
    public internal(set) var id = 0
    /// The frame's width and height in pixels.
    public internal(set) var frameSize = SIMD2<Float>.zero
    /// What the detector said, normalised to the frame; `nil` where tracking carried the face here.
    public internal(set) var detection: Detection?
    /// The mesh network's probability, 0 to 1, that ``region`` shows a face; `nil` without a mesh network.
    public internal(set) var presence: Float?
    /// Where the mesh network looked; `nil` without one.
    public internal(set) var region: Region?
    /// The mesh, normalised to the frame, z in x's scale and smaller towards the camera; empty without a mesh network.
    public internal(set) var landmarks: [SIMD3<Float>] = []
    /// Where the head is and looks; `nil` unless geometry is asked for and the landmarks have one.
    public internal(set) var pose: Pose?
    /// The first 468 landmarks in centimetres in the canonical face's own frame, so that ``pose`` takes them to where
    /// they are; empty where there is no pose.
    public internal(set) var metricVertices: [SIMD3<Float>] = []

    /// A landmark in pixels of the frame.
    public func pixel(of landmark: Int) -> SIMD2<Float> { landmarks[landmark].xy * frameSize }
}

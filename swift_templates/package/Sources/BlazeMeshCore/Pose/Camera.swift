/// A pinhole camera that looks along −z.
public nonisolated struct Camera: Sendable, Hashable {
    /// From top to bottom, in degrees, between 0 and 180.
    public var verticalFieldOfView: Float
    /// The near plane's distance in centimetres.
    public var near: Float

    /// MediaPipe's camera, unless another is given.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/modules/face_geometry/libs/geometry_pipeline.cc.
    public init(verticalFieldOfView: Float = 63, near: Float = 1) {
        (self.verticalFieldOfView, self.near) = (verticalFieldOfView, near)
    }
}

/// Colours and sizes of what is drawn; widths and radii are in the drawing's own units.
public nonisolated struct DrawStyle: Sendable, Hashable {
    /// A detection's box.
    public var box = DrawColor(252, 196, 80)
    /// The keypoints' discs.
    public var keypoint = DrawColor(255, 107, 129)
    /// A region's outline, and what surrounds the keypoints.
    public var outline = DrawColor(255, 255, 255)
    /// The mesh's thin lines.
    public var mesh = DrawColor(214, 236, 255, opacity: 150)
    /// The mesh's triangles, where they are filled.
    public var surface = DrawColor(214, 236, 255, opacity: 40)
    /// The lips.
    public var lips = DrawColor(255, 107, 129)
    /// The person's right eye and brow.
    public var rightEye = DrawColor(56, 217, 190)
    /// The person's left eye and brow.
    public var leftEye = DrawColor(96, 178, 255)
    /// The irises.
    public var iris = DrawColor(252, 196, 80)
    /// A head's x axis.
    public var xAxis = DrawColor(255, 107, 129)
    /// A head's y axis.
    public var yAxis = DrawColor(110, 220, 100)
    /// A head's z axis, which looks ahead.
    public var zAxis = DrawColor(96, 178, 255)
    /// The width of contours and irises; mesh lines are half as wide, regions 0.75 times, boxes
    /// 1.25 times, axes 2.25 times.
    public var lineWidth: Float = 1.5
    /// The radius of keypoints.
    public var pointRadius: Float = 3

    /// The project's own colours, 1.5 units wide: on a screen, points.
    public init() {}

    func color(of contour: FaceContour) -> DrawColor {
        switch contour {
        case .lips: lips
        case .leftEye, .leftEyebrow: leftEye
        case .rightEye, .rightEyebrow: rightEye
        case .leftIris, .rightIris: iris
        case .faceOval: outline
        }
    }
}

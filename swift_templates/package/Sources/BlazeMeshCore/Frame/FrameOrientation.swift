/// How a stored picture is to be turned to stand upright: the eight cases of Exif's tag 274.
///
/// Raw values are Exif's, and so those of `CGImagePropertyOrientation`. Normalised points have x to the right and y
/// down, 0 to 1. Source: CIPA DC-008, Exif 2.32, section 4.6.4, "Orientation".
public nonisolated enum FrameOrientation: UInt32, CaseIterable, Sendable {
    /// As it is.
    case up = 1
    /// Flipped left to right.
    case upMirrored
    /// Turned by half.
    case down
    /// Flipped top to bottom.
    case downMirrored
    /// Flipped along the diagonal from the top left.
    case leftMirrored
    /// To be turned clockwise by a quarter.
    case right
    /// Flipped along the diagonal from the top right.
    case rightMirrored
    /// To be turned counter-clockwise by a quarter.
    case left

    /// Stored, normalised points ↦ upright, normalised points.
    public var toUpright: FrameTransform {
        let (xAxis, yAxis): (SIMD2<Float>, SIMD2<Float>) =
            switch self {
            case .up: (SIMD2(1, 0), SIMD2(0, 1))
            case .upMirrored: (SIMD2(-1, 0), SIMD2(0, 1))
            case .down: (SIMD2(-1, 0), SIMD2(0, -1))
            case .downMirrored: (SIMD2(1, 0), SIMD2(0, -1))
            case .leftMirrored: (SIMD2(0, 1), SIMD2(1, 0))
            case .right: (SIMD2(0, 1), SIMD2(-1, 0))
            case .rightMirrored: (SIMD2(0, -1), SIMD2(-1, 0))
            case .left: (SIMD2(0, -1), SIMD2(1, 0))
            }
        // A row of the matrix with −1 in it comes out between −1 and 0, and is moved back by 1.
        let moved = (xAxis + yAxis).replacing(with: 0, where: xAxis + yAxis .> 0)
        return FrameTransform(xAxis: xAxis, yAxis: yAxis, translation: -moved)
    }

    /// Upright, normalised points ↦ stored, normalised points.
    public var fromUpright: FrameTransform { inverse.toUpright }

    /// The case that undoes this one.
    public var inverse: FrameOrientation {
        switch self {
        case .right: .left
        case .left: .right
        default: self
        }
    }

    /// The case that shows the upright picture as a mirror would, left to right.
    public var mirrored: FrameOrientation {
        switch self {
        case .up: .upMirrored
        case .upMirrored: .up
        case .down: .downMirrored
        case .downMirrored: .down
        case .leftMirrored: .right
        case .right: .leftMirrored
        case .rightMirrored: .left
        case .left: .rightMirrored
        }
    }

    /// Whether the picture is seen from behind.
    public var isMirrored: Bool {
        switch self {
        case .upMirrored, .downMirrored, .leftMirrored, .rightMirrored: true
        case .up, .down, .left, .right: false
        }
    }

    /// Whether upright width is stored height.
    public var swapsSides: Bool { rawValue >= FrameOrientation.leftMirrored.rawValue }

    /// The size of the upright picture for the `stored` one's width and height.
    public func uprightSize(of stored: SIMD2<Float>) -> SIMD2<Float> {
        swapsSides ? SIMD2(stored.y, stored.x) : stored
    }
}

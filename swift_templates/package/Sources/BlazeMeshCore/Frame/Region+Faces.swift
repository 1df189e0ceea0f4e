nonisolated extension Region {
    /// How much larger than a face's box its region is.
    public static let faceScale: Float = 1.5
    /// How much larger than an eye's width its region is.
    public static let eyeScale: Float = 2.3

    /// The whole frame, letterboxed: its short side grown until the region is a square. What a detector looks at.
    ///
    /// - Returns: `nil` for a frame without pixels.
    public static func wholeFrame(size: SIMD2<Float>) -> Region? {
        Region(center: SIMD2(0.5, 0.5), size: SIMD2(repeating: size.max()) / size, rotation: 0, frameSize: size)
    }

    /// Where the mesh network looks for a detected face: square on its box's longer side, times ``faceScale``, turned
    /// so that the eyes are level.
    ///
    /// Source: google-ai-edge/mediapipe,
    /// mediapipe/modules/face_landmark/face_detection_front_detection_to_roi.pbtxt.
    ///
    /// - Parameters:
    ///   - detection: A face, normalised to the frame.
    ///   - frameSize: The frame's width and height in pixels.
    /// - Returns: `nil` for a box without extent or points that are not finite.
    public static func around(_ detection: Detection, frameSize: SIMD2<Float>) -> Region? {
        square(
            from: detection.boxMinimum, to: detection.boxMaximum,
            level: (detection[.rightEye], detection[.leftEye]), scale: faceScale, frameSize: frameSize)
    }

    /// Where a face is looked for in the next frame: square around all of its landmarks, times ``faceScale``, turned
    /// so that the eyes' outer corners are level.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/modules/face_landmark/face_landmark_landmarks_to_roi.pbtxt.
    ///
    /// - Parameters:
    ///   - landmarks: The points of a mesh, normalised to the frame.
    ///   - frameSize: The frame's width and height in pixels.
    /// - Returns: `nil` for too few landmarks, none that span an area, or such as are not finite.
    public static func around(landmarks: [SIMD3<Float>], frameSize: SIMD2<Float>) -> Region? {
        around(landmarks, bounds: LandmarkBounds(landmarks), frameSize: frameSize)
    }

    static func around(
        _ points: [SIMD3<Float>], bounds: LandmarkBounds, frameSize: SIMD2<Float>
    ) -> Region? {
        let (right, left) = FaceMeshTopology.outerEyeCorners
        guard points.count > max(right, left), bounds.areFinite else { return nil }
        let level = (points[right].xy, points[left].xy)
        return square(
            from: bounds.minimum, to: bounds.maximum, level: level, scale: faceScale, frameSize: frameSize)
    }

    /// Where the iris network looks for an eye: square on the wider side of its corners' box, times ``eyeScale``, level
    /// with them. The network knows the person's right eye; show it the left one's region ``mirrored``.
    ///
    /// Source: google-ai-edge/mediapipe, mediapipe/modules/iris_landmark/iris_landmark_landmarks_to_roi.pbtxt.
    ///
    /// - Parameters:
    ///   - start: The eye's corner on the picture's left, normalised to the frame.
    ///   - end: The other corner.
    ///   - frameSize: The frame's width and height in pixels.
    /// - Returns: `nil` for corners that coincide or are not finite.
    public static func aroundEye(
        from start: SIMD2<Float>, to end: SIMD2<Float>, frameSize: SIMD2<Float>
    ) -> Region? {
        let low = start.replacing(with: end, where: end .< start)
        let high = start.replacing(with: end, where: end .> start)
        return square(from: low, to: high, level: (start, end), scale: eyeScale, frameSize: frameSize)
    }

    /// Where the iris network looks for one of a face's eyes; the left one's region is mirrored.
    ///
    /// - Parameters:
    ///   - eye: Which one.
    ///   - landmarks: The points of a mesh, normalised to the frame.
    ///   - frameSize: The frame's width and height in pixels.
    /// - Returns: `nil` for too few landmarks, or corners that coincide or are not finite.
    public static func around(_ eye: Eye, landmarks: [SIMD3<Float>], frameSize: SIMD2<Float>) -> Region? {
        let (start, end) = eye.corners
        guard landmarks.count > max(start, end) else { return nil }
        let region = aroundEye(from: landmarks[start].xy, to: landmarks[end].xy, frameSize: frameSize)
        return eye == .left ? region?.mirrored : region
    }

    private static func square(
        from low: SIMD2<Float>, to high: SIMD2<Float>, level: (SIMD2<Float>, SIMD2<Float>), scale: Float,
        frameSize: SIMD2<Float>
    ) -> Region? {
        let box = high - low
        let along = level.1 * frameSize - level.0 * frameSize
        guard along.sum().isFinite else { return nil }
        let side = max(box.x * frameSize.x, box.y * frameSize.y)
        return Region(
            center: low + box / 2, size: SIMD2(repeating: side) / frameSize * scale,
            rotation: normalisedAngle(-LibM.arcTangent(y: -along.y, x: along.x)), frameSize: frameSize)
    }

    /// An angle in radians, brought into −π up to π by whole turns.
    static func normalisedAngle(_ angle: Float) -> Float {
        let (wide, turn) = (Double(angle), 2 * Double.pi)
        return Float(wide - turn * LibM.floor((wide + .pi) / turn))
    }
}

nonisolated extension SIMD3<Float> {
    @inline(__always)
    var xy: SIMD2<Float> { SIMD2(x, y) }
}

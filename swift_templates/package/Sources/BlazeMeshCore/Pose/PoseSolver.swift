/// Places a face in space: its pose, and its landmarks in centimetres.
///
/// The landmarks are a weak perspective: z has x's scale, whatever the distance. The canonical face's size tells how far
/// away the face is. Source: google-ai-edge/mediapipe, mediapipe/modules/face_geometry/libs/geometry_pipeline.cc.
///
/// A solver keeps its memory from face to face.
public nonisolated struct PoseSolver: Sendable {
    /// Landmarks that are all nearer to their mean, in parts of the frame, are no face.
    static let leastExtent: Float = 1e-3

    private static let canonical = Procrustes(
        source: CanonicalFace.poseLandmarks.map { SIMD3<Double>(CanonicalFace.vertices[$0]) },
        weights: CanonicalFace.poseWeights)

    private var screen = Array(repeating: SIMD3<Double>.zero, count: CanonicalFace.poseLandmarks.count)
    private var metric = Array(repeating: SIMD3<Double>.zero, count: CanonicalFace.poseLandmarks.count)

    /// A solver.
    public init() {}

    /// The pose of a face.
    ///
    /// - Parameters:
    ///   - landmarks: 468 or more, normalised to the frame, z in x's scale.
    ///   - frameSize: The frame's width and height in pixels.
    ///   - camera: Sees the frame.
    ///   - vertices: Become the first 468 landmarks in centimetres, in the canonical face's own frame; empty where there
    ///     is no pose.
    /// - Returns: `nil` for fewer landmarks, such as are not finite, or all in one place.
    public mutating func solve(
        _ landmarks: [SIMD3<Float>], frameSize: SIMD2<Float>, camera: Camera, vertices: inout [SIMD3<Float>]
    ) -> Pose? {
        let count = CanonicalFace.vertices.count
        guard landmarks.count >= count, let mean = Self.mean(of: landmarks, count: count), frameSize.min() > 0 else {
            vertices.removeAll(keepingCapacity: true)
            return nil
        }
        let plane = NearPlane(camera, frameSize: frameSize, meanDepth: Double(mean.z))
        let (scale, fit) = fit(landmarks, on: plane)
        guard fit.scale.isFinite, scale > 0, fit.scale > 0 else {
            vertices.removeAll(keepingCapacity: true)
            return nil
        }
        if vertices.count != count { vertices = Array(repeating: .zero, count: count) }
        Self.place(landmarks, on: plane, scale: scale, by: fit, into: &vertices)
        return Pose(
            xAxis: SIMD3(fit.rotation.0), yAxis: SIMD3(fit.rotation.1), zAxis: SIMD3(fit.rotation.2),
            scale: Float(fit.scale), translation: SIMD3(fit.translation))
    }

    /// How much nearer than its own size on the near plane says the face is, and the canonical face's way there.
    private mutating func fit(_ landmarks: [SIMD3<Float>], on plane: NearPlane) -> (Double, Similarity) {
        screen.withUnsafeMutableBufferPointer { screen in
            metric.withUnsafeMutableBufferPointer { metric in
                for index in screen.indices {
                    let landmark = CanonicalFace.poseLandmarks[index]
                    screen[index] = plane.project(landmarks[landmark])
                    metric[index] = SIMD3(screen[index].x, screen[index].y, -screen[index].z)
                }
                var scale = Self.canonical.fit(UnsafeBufferPointer(metric)).scale
                for index in metric.indices { metric[index] = plane.unproject(screen[index], scale: scale) }
                scale *= Self.canonical.fit(UnsafeBufferPointer(metric)).scale
                for index in metric.indices { metric[index] = plane.unproject(screen[index], scale: scale) }
                return (scale, Self.canonical.fit(UnsafeBufferPointer(metric)))
            }
        }
    }

    /// All landmarks in space, and back by the inverse of the pose.
    private static func place(
        _ landmarks: [SIMD3<Float>], on plane: NearPlane, scale: Double, by fit: Similarity,
        into vertices: inout [SIMD3<Float>]
    ) {
        let back = InversePose(fit, plane: plane, scale: scale)
        landmarks.withPaddedPoints { landmarks in
            vertices.withMutablePaddedPoints { vertices in
                for index in vertices.indices {
                    vertices[index] = back.apply(landmarks[index])
                }
            }
        }
    }

    /// The landmarks' mean; `nil` where they are not finite or have no extent.
    private static func mean(of landmarks: [SIMD3<Float>], count: Int) -> SIMD3<Float>? {
        landmarks.withPaddedPoints { landmarks in
            var sum = SIMD4<Float>.zero
            for index in 0..<count { sum += landmarks[index] }
            let mean = sum / Float(count)
            guard (mean.x + mean.y + mean.z).isFinite else { return nil }
            for index in 0..<count {
                let offset = landmarks[index] - mean
                let distance = offset.x * offset.x + offset.y * offset.y + offset.z * offset.z
                if distance >= leastExtent * leastExtent { return SIMD3(mean.x, mean.y, mean.z) }
            }
            return nil
        }
    }
}

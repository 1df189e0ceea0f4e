import BlazeMeshCore

/// A refined mesh of 478 points, which moves a little from frame to frame.
struct FaceScene {
    private static let frameSize = SIMD2<Float>(1280, 720)
    private let crop: [Float]

    init() {
        let irises = Array(repeating: SIMD3<Float>(0, 0, 5), count: 10)
        crop = (CanonicalFace.vertices + irises).flatMap { point in
            [0.5 + point.x / 30, 0.5 - point.y / 30, -point.z / 30]
        }
    }

    private var landmarks: [SIMD3<Float>] {
        stride(from: 0, to: crop.count, by: 3).map { SIMD3(crop[$0], crop[$0 + 1], crop[$0 + 2]) }
    }

    func smoothing() -> Measurement {
        var (smoother, seconds) = (LandmarkSmoother(), 0.0)
        var points = landmarks
        return Measurement("swift/smooth_478") {
            seconds += 1 / 30
            smoother.apply(to: &points, frameSize: Self.frameSize, seconds: seconds)
            return points[100].x
        }
    }

    func pose() -> Measurement {
        var (solver, vertices) = (PoseSolver(), [SIMD3<Float>]())
        let points = landmarks
        return Measurement("swift/pose") {
            let pose = solver.solve(points, frameSize: Self.frameSize, camera: Camera(), vertices: &vertices)
            return pose?.scale ?? 0
        }
    }

    /// All that the core does for a frame with one tracked face: read and project the landmarks, find the next region,
    /// smooth, place in space.
    func trackedFrame() -> Measurement? {
        var tracker = FaceTracker(settings: FaceTracker.Settings(geometry: true))
        var seconds = 0.0
        return crop.withUnsafeBufferPointer { crop in
            guard let tensor = TensorView(crop, rows: crop.count / 3, columns: 3) else { return nil }
            return Measurement("swift/frame_core") {
                seconds += 1 / 30
                try? tracker.track(frameSize: Self.frameSize, seconds: seconds) { detections in
                    detections.append(Self.detection)
                } look: { _, landmarks in
                    try landmarks.read(tensor, presence: 0.9)
                }
                return tracker.faces.first?.pose?.scale ?? 0
            }
        }
    }

    private static let detection = Detection(
        score: 0.9,
        rows: SIMD16(
            lowHalf: SIMD8(0.4, 0.4, 0.6, 0.6, 0.45, 0.45, 0.55, 0.45),
            highHalf: SIMD8(0.5, 0.5, 0.5, 0.55, 0.4, 0.5, 0.6, 0.5)))
}

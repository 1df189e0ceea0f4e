import BlazeMeshCore

/// The networks: their outputs for the frame that was shown last.
protocol FaceNetworks {
    /// Landmarks [slots, 8, 2], confidence [slots] and the count of a package that suppresses by itself.
    func detect() throws -> (landmarks: [Float], confidence: [Float], count: Int)

    /// Landmarks [468, 3] of the crop that `cropToFrame` says how to sample, and whether it shows a face.
    func mesh(_ cropToFrame: FrameTransform) throws -> (landmarks: [Float], presence: Float)
}

/// Follows faces through a video.
struct FaceFollower<Networks: FaceNetworks> {
    let networks: Networks
    private(set) var tracker = FaceTracker(settings: FaceTracker.Settings(maximumFaces: 2, geometry: true))

    init(_ networks: Networks) {
        self.networks = networks
    }

    mutating func follow(frameSize: SIMD2<Float>, seconds: Double) throws -> [Face] {
        let networks = networks
        try tracker.track(frameSize: frameSize, seconds: seconds) { detections in
            let found = try networks.detect()
            try found.landmarks.withUnsafeBytes { landmarks in
                try found.confidence.withUnsafeBufferPointer { confidence in
                    let slots = confidence.count
                    guard
                        let points = TensorView(landmarks, shape: SIMD3(slots, 8, 2), strides: SIMD3(16, 2, 1)),
                        let scores = TensorView(confidence, rows: slots)
                    else { return }
                    try Detection.read(landmarks: points, confidence: scores, count: found.count, into: &detections)
                }
            }
        } look: { region, crop in
            let side = Float(MeshModel.faceMesh.package.image.width)
            let found = try networks.mesh(region.cropToFrame(side: side))
            try found.landmarks.withUnsafeBufferPointer { landmarks in
                guard let points = TensorView(landmarks, rows: landmarks.count / 3, columns: 3) else { return }
                try crop.read(points, presence: found.presence)
            }
        }
        return tracker.faces
    }
}

/// What to draw over a view that the stored picture fills; a mirrored preview shows it as a mirror would.
func drawing(
    of faces: [Face], orientation: FrameOrientation, frameSize: SIMD2<Float>, viewSize: SIMD2<Float>,
    isMirrored: Bool
) -> DrawList? {
    let upright = orientation.uprightSize(of: frameSize)
    let place = FrameTransform.filling(view: viewSize, frame: upright, isMirrored: isMirrored)
    guard let place else { return nil }
    var list = DrawList(transform: orientation.toUpright.then(place))
    for face in faces {
        list.add(face, layers: [.contours, .irises, .boxes])
    }
    return list
}

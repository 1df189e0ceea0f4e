import BlazeMeshCore

/// The networks, however they are run.
protocol Networks {
    func detect(into detections: inout [Detection]) throws
    func mesh(_ cropToFrame: FrameTransform, into crop: inout CropLandmarks) throws
}

/// One frame, in the words of the project's own page.
func follow(_ networks: some Networks, frameSize: SIMD2<Float>, seconds: Double) throws {
    var tracker = FaceTracker(settings: FaceTracker.Settings(maximumFaces: 2, geometry: true))
    try tracker.track(frameSize: frameSize, seconds: seconds) { detections in
        try networks.detect(into: &detections)  // called only while faces are wanting
    } look: { region, crop in
        try networks.mesh(region.cropToFrame(side: 192), into: &crop)
    }
    for face in tracker.faces { print(face.id, face.landmarks.count, face.pose?.translation ?? .zero) }
}

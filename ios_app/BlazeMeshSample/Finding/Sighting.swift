import BlazeMesh
import BlazeMeshCore

/// What was found in one picture, and how long that took.
struct Sighting: Sendable {
    let faces: [Face]
    let timings: FaceLandmarker.Timings
}

/// The landmarker is an actor: these run off the main thread, and in one piece, so that settings, faces and timings are
/// those of one picture.
extension FaceLandmarker {
    /// Follow the faces into a camera's next frame.
    func look(at frame: CameraFrame, tracking: FaceTracker.Settings) throws -> Sighting {
        setTracking(tracking)
        return Sighting(faces: try track(frame), timings: timings)
    }

    /// Find the faces in a still.
    func look(at still: Still, tracking: FaceTracker.Settings) throws -> Sighting {
        setTracking(tracking)
        return Sighting(faces: try detect(still.pixels, orientation: still.orientation), timings: timings)
    }
}

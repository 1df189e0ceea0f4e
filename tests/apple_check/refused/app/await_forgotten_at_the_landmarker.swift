// iOS refuses: call to actor-isolated instance method 'track' in a synchronous main actor-isolated context
import BlazeMesh
import BlazeMeshCore

@MainActor func faces(in frame: CameraFrame, with landmarker: FaceLandmarker) throws -> [Face] {
    try landmarker.track(frame)
}

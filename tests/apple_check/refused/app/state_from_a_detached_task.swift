// iOS refuses: main actor-isolated property 'faces' can not be mutated from a nonisolated context
import BlazeMesh
import BlazeMeshCore
import Observation

@MainActor @Observable final class Model {
    var faces: [Face] = []

    func find(in frame: CameraFrame, with landmarker: FaceLandmarker) {
        Task.detached { self.faces = try await landmarker.track(frame) }
    }
}

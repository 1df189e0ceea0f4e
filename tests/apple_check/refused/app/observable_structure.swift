// iOS refuses: '@Observable' cannot be applied to struct type
import BlazeMesh
import Observation

@MainActor @Observable struct Model {
    var landmarker: FaceLandmarker?
}

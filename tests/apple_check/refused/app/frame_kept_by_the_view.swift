// iOS refuses: sending 'pixels' risks causing data races
import BlazeMesh
import BlazeMeshCore
import CoreVideo
import Observation

@MainActor @Observable final class Model {
    var pixels: CVPixelBuffer?
    var faces: [Face] = []

    func find(with landmarker: FaceLandmarker) async throws {
        guard let pixels else { return }
        faces = try await landmarker.track(pixels, timestamp: 0)
    }
}

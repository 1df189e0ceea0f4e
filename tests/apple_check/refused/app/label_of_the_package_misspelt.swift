// iOS refuses: incorrect argument label in call (have 'detektor:mesh:', expected 'detector:mesh:')
import BlazeFaceShortRangePackage
import BlazeMesh
import FaceMeshPackage

func load() async throws -> FaceLandmarker {
    try await FaceLandmarker(detektor: .blazeFaceShortRange, mesh: .faceMesh)
}

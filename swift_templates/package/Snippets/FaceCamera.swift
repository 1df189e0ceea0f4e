#if canImport(CoreML) && !os(visionOS)
    import BlazeFaceShortRangePackage
    import BlazeMesh
    import BlazeMeshCore
    import FaceMeshAttentionPackage
    import SwiftUI

    /// The front camera, and a mesh over each face.
    struct FaceCamera: View {
        @State private var camera = CameraSession()
        @State private var faces: [Face] = []
        @State private var problem: String?

        var body: some View {
            ZStack {
                CameraPreview(camera)
                FaceMeshOverlay(faces)
                if let problem { Text(verbatim: problem) }
            }
            .ignoresSafeArea()
            .task { await follow() }
        }

        private func follow() async {
            do {
                let landmarker = try await FaceLandmarker(detector: .blazeFaceShortRange, mesh: .faceMeshAttention)
                try await camera.start(.front)
                for await frame in camera.frames() {
                    faces = try await landmarker.track(frame)
                }
            } catch {
                problem = error.localizedDescription
            }
            await camera.stop()
        }
    }
#endif

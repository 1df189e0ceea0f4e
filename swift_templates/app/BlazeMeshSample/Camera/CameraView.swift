import BlazeMesh
import BlazeMeshCore
import SwiftUI

/// The camera's picture with the faces over it.
struct CameraView: View {
    /// What the camera is to do; where it changes it is started anew.
    private struct Wish: Hashable {
        var position: CameraSession.Position
        var isOn: Bool
        var attempt: Int
    }

    let finder: FaceFinder
    let camera: CameraModel
    /// Whether this page is in front.
    let isShown: Bool

    @State private var position = CameraSession.Position.front
    @State private var attempt = 0
    @Environment(\.scenePhase) private var scenePhase

    private var faces: [Face] { camera.sighting?.faces ?? [] }

    /// Off in the background, and behind another page; an alert over the app, as the one that asks for permission, is
    /// no reason.
    private var wish: Wish {
        Wish(position: position, isOn: isShown && scenePhase != .background, attempt: attempt)
    }

    var body: some View {
        ZStack {
            picture
            if let problem = camera.problem ?? camera.lookProblem ?? finder.lack {
                ProblemView(problem) {
                    attempt += 1
                    Task { await finder.loadAgain() }
                }
            }
        }
        .overlay(alignment: .topLeading) { if camera.sighting != nil { PaceView(pace: camera.pace).padding() } }
        .overlay(alignment: .topTrailing) { buttons.padding() }
        .overlay(alignment: .bottom) { StatusView(lines: status).padding() }
        .task { await camera.watchHeat() }
        .task(id: wish) { if wish.isOn { await camera.run(position, finder: finder) } }
    }

    /// Preview and overlay fill the same space in the same way; the front camera's frames are mirrored already.
    private var picture: some View {
        ZStack {
            Color.black
            CameraPreview(camera.session)
            FaceMeshOverlay(faces, layers: finder.settings.layers)
        }
        .ignoresSafeArea()  // under the tab bar too; what is written over it stays clear of that
        .accessibilityElement(children: .ignore)
        .accessibilityLabel("The camera's picture")
        .accessibilityValue(FaceSummary.text(for: faces))
    }

    private var buttons: some View {
        VStack {
            Button {
                position = position == .front ? .back : .front
            } label: {
                Label("Switch camera", systemImage: "arrow.triangle.2.circlepath.camera")
            }
            .accessibilityValue(position == .front ? "Front" : "Back")
            LayerMenu(finder: finder)
        }
        .labelStyle(.iconOnly)
        .buttonStyle(.bordered)
        .background(.regularMaterial, in: RoundedRectangle(cornerRadius: 8))
    }

    private var status: [StatusView.Line] {
        var lines: [StatusView.Line] = []
        if finder.isLoading { lines.append(.loading) }
        if let interruption = camera.interruption { lines.append(.interrupted(interruption)) }
        if let heat = StatusView.Line(camera.thermalState) { lines.append(heat) }
        if camera.sighting != nil, faces.isEmpty { lines.append(.noFace) }
        return lines
    }
}

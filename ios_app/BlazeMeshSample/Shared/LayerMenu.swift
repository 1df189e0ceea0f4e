import BlazeMeshCore
import SwiftUI

/// What is drawn of a face, one toggle each.
struct LayerToggles: View {
    @Bindable var finder: FaceFinder

    var body: some View {
        Toggle("Mesh", isOn: $finder.settings.layers[.mesh])
        Toggle("Contours", isOn: $finder.settings.layers[.contours])
        Toggle("Irises", isOn: $finder.settings.layers[.irises])
        Toggle("Boxes", isOn: $finder.settings.layers[[.boxes, .keypoints]])
        Toggle("Pose axes", isOn: $finder.settings.layers[.axes])
    }
}

/// The same behind a button.
struct LayerMenu: View {
    let finder: FaceFinder

    var body: some View {
        Menu {
            LayerToggles(finder: finder)
        } label: {
            Label("What is drawn", systemImage: "square.3.layers.3d")
        }
    }
}

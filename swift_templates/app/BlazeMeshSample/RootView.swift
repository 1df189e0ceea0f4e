import SwiftUI

/// The app's three pages.
struct RootView: View {
    private enum Page {
        case camera, photo, settings
    }

    // An iPad may show several windows: each looks for itself, as a landmarker follows the faces of one camera.
    @State private var finder = FaceFinder()
    // Of this view, which is made once: what a page's own state begins with is made each time the page is.
    @State private var camera = CameraModel()
    @State private var photo = PhotoModel()
    @State private var page = Page.camera

    var body: some View {
        TabView(selection: $page) {
            CameraView(finder: finder, camera: camera, isShown: page == .camera)
                .tabItem { Label("Camera", systemImage: "camera") }
                .tag(Page.camera)
            PhotoView(finder: finder, photo: photo)
                .tabItem { Label("Photo", systemImage: "photo") }
                .tag(Page.photo)
            SettingsView(finder: finder)
                .tabItem { Label("Settings", systemImage: "gearshape") }
                .tag(Page.settings)
        }
        // Another recipe ends the task of the one before, which then changes nothing any more.
        .task(id: finder.settings.recipe) { await finder.load() }
    }
}

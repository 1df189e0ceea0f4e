import SwiftUI

/// BlazeMesh at work: the faces before the camera, those in a photo, and all that can be set.
///
/// Read `Finding` first: it is what an app needs of the package. `Camera` and `Photo` feed it, the rest is views.
@main
struct BlazeMeshSampleApp: App {
    var body: some Scene {
        WindowGroup {
            RootView()
        }
    }
}

// iOS refuses: call to actor-isolated instance method 'stop()' in a synchronous main actor-isolated context
import BlazeMesh
import SwiftUI

struct Camera: View {
    let session: CameraSession

    var body: some View { CameraPreview(session).onDisappear { session.stop() } }
}

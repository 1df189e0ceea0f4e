#if canImport(CoreML) && !os(visionOS)
    import SwiftUI

    /// What a camera sees, filling the view.
    ///
    /// Put a ``FaceMeshOverlay`` over it: both fill their view in the same way, and the session's frames are turned as the
    /// preview is.
    public struct CameraPreview: View {
        private let camera: CameraSession

        /// A view of what `camera` sees once it is started.
        public init(_ camera: CameraSession) {
            self.camera = camera
        }

        /// The layer that AVFoundation draws into.
        public var body: some View {
            PreviewRepresentable(camera: camera)
                .accessibilityHidden(true)
        }
    }

    #if os(macOS)
        private struct PreviewRepresentable: NSViewRepresentable {
            let camera: CameraSession

            func makeNSView(context: Context) -> PreviewView { PreviewView(camera) }
            func updateNSView(_ view: PreviewView, context: Context) {}
            static func dismantleNSView(_ view: PreviewView, coordinator: Void) { view.leave() }
        }
    #else
        private struct PreviewRepresentable: UIViewRepresentable {
            let camera: CameraSession

            func makeUIView(context: Context) -> PreviewView { PreviewView(camera) }
            func updateUIView(_ view: PreviewView, context: Context) {}
            static func dismantleUIView(_ view: PreviewView, coordinator: Void) { view.leave() }
        }
    #endif
#endif

#if canImport(CoreML) && !os(visionOS)
    import AVFoundation
    #if os(macOS)
        import AppKit

        typealias PlatformView = NSView
    #else
        import UIKit

        typealias PlatformView = UIView
    #endif

    /// A view with a preview layer, turned as the camera in use says.
    final class PreviewView: PlatformView {
        private let camera: CameraSession
        private let preview: AVCaptureVideoPreviewLayer
        private var watching: Task<Void, Never>?
        private var coordinator: AVCaptureDevice.RotationCoordinator?
        private var angleObservation: NSKeyValueObservation?

        init(_ camera: CameraSession) {
            self.camera = camera
            preview = AVCaptureVideoPreviewLayer(session: camera.reference.session)
            preview.videoGravity = .resizeAspectFill
            super.init(frame: .zero)
            #if os(macOS)
                layer = CALayer()
                wantsLayer = true
                layer?.addSublayer(preview)
            #else
                layer.addSublayer(preview)
            #endif
            let cameras = camera.cameras.stream()
            watching = Task { [weak self] in
                for await reference in cameras {
                    self?.follow(reference)
                }
            }
        }

        @available(*, unavailable)
        required init?(coder: NSCoder) {
            nil
        }

        /// The view goes; frames are level with the horizon again.
        func leave() {
            watching?.cancel()
            angleObservation?.invalidate()
            preview.session = nil
            Task { [camera] in await camera.follow(previewAngle: nil) }
        }

        private func follow(_ reference: CameraReference) {
            if let connection = preview.connection, connection.isVideoMirroringSupported {
                connection.automaticallyAdjustsVideoMirroring = false
                connection.isVideoMirrored = reference.isMirrored
            }
            let coordinator = AVCaptureDevice.RotationCoordinator(device: reference.device, previewLayer: preview)
            angleObservation = coordinator.observe(\.videoRotationAngleForHorizonLevelPreview) { [weak self] _, _ in
                Task { await self?.turn() }
            }
            self.coordinator = coordinator
            Task { await turn() }
        }

        private func turn() async {
            guard let angle = coordinator?.videoRotationAngleForHorizonLevelPreview else { return }
            if let connection = preview.connection, connection.isVideoRotationAngleSupported(angle) {
                connection.videoRotationAngle = angle
            }
            await camera.follow(previewAngle: angle)
        }

        #if os(macOS)
            override func layout() {
                super.layout()
                fill()
            }
        #else
            override func layoutSubviews() {
                super.layoutSubviews()
                fill()
            }
        #endif

        /// At once: a layer beside the view's own would glide there, while the overlay is there already.
        private func fill() {
            CATransaction.begin()
            CATransaction.setDisableActions(true)
            preview.frame = bounds
            CATransaction.commit()
        }
    }
#endif

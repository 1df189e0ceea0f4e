// iOS refuses: risks causing data races
import AVFoundation

func start(_ session: AVCaptureSession) {
    Task { session.startRunning() }
}

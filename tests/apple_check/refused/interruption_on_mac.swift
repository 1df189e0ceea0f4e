// macOS refuses: 'InterruptionReason' is unavailable in macOS
import AVFoundation

func reason(_ number: Int) -> AVCaptureSession.InterruptionReason? {
    AVCaptureSession.InterruptionReason(rawValue: number)
}

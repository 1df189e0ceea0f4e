// iOS refuses: nearly matches optional requirement
import AVFoundation

final class Receiver: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate {
    func captureOutput(
        _ output: AVCaptureOutput, didOutputSample sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection
    ) {}
}

// visionOS refuses: 'sessionPreset' is unavailable in visionOS
import AVFoundation

func configure(_ session: AVCaptureSession) {
    session.sessionPreset = .hd1280x720
}

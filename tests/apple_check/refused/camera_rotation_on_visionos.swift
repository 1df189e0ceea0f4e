// visionOS refuses: 'RotationCoordinator' is unavailable in visionOS
import AVFoundation

func angle(_ camera: AVCaptureDevice) -> CGFloat {
    AVCaptureDevice.RotationCoordinator(device: camera, previewLayer: nil).videoRotationAngleForHorizonLevelCapture
}

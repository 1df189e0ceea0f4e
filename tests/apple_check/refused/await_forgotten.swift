// iOS refuses: expression is 'async' but is not marked with 'await'
import AVFoundation

func ask() async -> Bool {
    AVCaptureDevice.requestAccess(for: .video)
}

#if canImport(CoreML) && !os(visionOS)
    import AVFoundation

    /// Takes frames from the camera's own queue and sends them on.
    nonisolated final class FrameReceiver: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate, Sendable {
        let frames = Broadcast<CameraFrame>(replaysLast: false)
        /// Not the session's: that one is busy, and would be waited for, while the camera starts or stops.
        private let queue = DispatchSerialQueue(label: "blazemesh.camera.frames", qos: .userInteractive)

        func receive(from output: AVCaptureVideoDataOutput) {
            output.setSampleBufferDelegate(self, queue: queue)
        }

        func captureOutput(
            _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection
        ) {
            guard let pixels = CMSampleBufferGetImageBuffer(sampleBuffer) else { return }
            let timestamp = CMSampleBufferGetPresentationTimeStamp(sampleBuffer).seconds
            frames.send(CameraFrame(pixels: pixels, timestamp: timestamp))
        }
    }
#endif

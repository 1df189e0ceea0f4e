#if canImport(CoreML) && !os(visionOS)
    import AVFoundation

    /// The session on its way to the layer that shows it.
    ///
    /// Sendable without the compiler's proof: AVFoundation has no class for this that is. ``CameraSession`` alone configures,
    /// starts and stops the session, on its own queue; a view only sets it as its layer's `session`, on the main thread, as
    /// `AVCaptureVideoPreviewLayer` wants.
    nonisolated struct SessionReference: @unchecked Sendable {
        let session: AVCaptureSession
    }

    /// The camera in use, on its way to the view that watches how it is turned.
    ///
    /// Sendable without the compiler's proof: nobody configures the device; a view only hands it to a rotation coordinator.
    nonisolated struct CameraReference: @unchecked Sendable {
        let device: AVCaptureDevice
        let isMirrored: Bool
    }
#endif

#if canImport(CoreML) && !os(visionOS)
    import AVFoundation

    /// A camera's frames: upright, 720 lines, late ones dropped.
    ///
    /// ```swift
    /// let camera = CameraSession()
    /// try await camera.start(.front)
    /// for await frame in camera.frames() { … }
    /// ```
    ///
    /// Frames of the front camera are mirrored here, once, as users know themselves: landmarks are those of the mirrored
    /// picture, and neither preview nor overlay mirrors again. The app's Info.plist must have `NSCameraUsageDescription`.
    /// visionOS gives apps no camera.
    public actor CameraSession {
        /// Which camera.
        public nonisolated enum Position: String, Sendable, Hashable {
            /// The one beside the screen; frames are mirrored.
            case front
            /// The one that looks away from the user.
            case back
        }

        /// What the camera is doing.
        public nonisolated enum State: Sendable, Hashable {
            /// It isn't started, or was stopped.
            case stopped
            /// Frames come.
            case running
            /// The system took the camera away for a while; frames come again by themselves.
            case interrupted(reason: String)
            /// It broke; start it again.
            case failed(BlazeMeshError)
        }

        /// The session, which only this actor configures, is used on a queue of its own: starting blocks.
        private let queue = DispatchSerialQueue(label: "blazemesh.camera.session", qos: .userInitiated)
        /// Where the actor's methods run.
        public nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }

        nonisolated let reference: SessionReference
        nonisolated let cameras = Broadcast<CameraReference>(replaysLast: true)
        private nonisolated let receiver = FrameReceiver()
        private nonisolated let stateChanges = Broadcast<State>(replaysLast: true)

        private let output = AVCaptureVideoDataOutput()
        private var observers: SessionObservers?
        private var coordinator: AVCaptureDevice.RotationCoordinator?
        private var angleObservation: NSKeyValueObservation?
        /// As the preview was turned last, where there is one.
        private var previewAngle: CGFloat?

        /// A camera that isn't started.
        public init() {
            reference = SessionReference(session: AVCaptureSession())
        }

        private var session: AVCaptureSession { reference.session }

        /// The frames from now on; one who is late gets the newest alone.
        public nonisolated func frames() -> AsyncStream<CameraFrame> { receiver.frames.stream() }

        /// What the camera is doing, and each change of it.
        public nonisolated func states() -> AsyncStream<State> { stateChanges.stream() }

        /// Ask for permission, if the user has not been asked yet, and start; a camera that runs is switched.
        ///
        /// Where the system keeps the camera back, as in the background, this returns with ``State/interrupted(reason:)``:
        /// the camera starts by itself once it may, unless it is stopped before.
        ///
        /// - Throws: ``BlazeMeshError/cameraNotAllowed(restricted:)``, ``BlazeMeshError/cameraMissing(position:)`` or
        ///   ``BlazeMeshError/cameraFailed(reason:)``.
        public func start(_ position: Position = .front) async throws {
            try await Self.requestAccess()
            let device = try Self.device(position)
            try configure(device, isMirrored: position == .front)
            // Whoever shows the camera now finds the connections that it is to turn.
            cameras.send(CameraReference(device: device, isMirrored: position == .front))
            observeSession()
            session.startRunning()
            guard let state = stateOnceStarted else { throw BlazeMeshError.cameraFailed(reason: "it does not start") }
            stateChanges.send(state)
        }

        /// Stop; frames end until the next start.
        public func stop() {
            session.stopRunning()
            stateChanges.send(.stopped)
        }

        private static func requestAccess() async throws {
            switch AVCaptureDevice.authorizationStatus(for: .video) {
            case .authorized: return
            case .restricted: throw BlazeMeshError.cameraNotAllowed(restricted: true)
            case .denied: throw BlazeMeshError.cameraNotAllowed(restricted: false)
            case .notDetermined: break
            @unknown default: break
            }
            guard await AVCaptureDevice.requestAccess(for: .video) else {
                throw BlazeMeshError.cameraNotAllowed(restricted: false)
            }
        }

        private func configure(_ device: AVCaptureDevice, isMirrored: Bool) throws {
            let input: AVCaptureDeviceInput
            do {
                input = try AVCaptureDeviceInput(device: device)
            } catch {
                throw BlazeMeshError.cameraFailed(reason: error.localizedDescription)
            }
            session.beginConfiguration()
            defer { session.commitConfiguration() }
            let before = session.inputs
            before.forEach(session.removeInput)
            guard session.canAddInput(input) else {
                before.forEach(session.addInput)  // the camera that was running goes on, by a new connection
                if let camera = cameras.last { mirror(camera.isMirrored) }
                turnOutput()
                throw BlazeMeshError.cameraFailed(reason: "it can't be added")
            }
            session.addInput(input)
            shareScreen()
            if session.canSetSessionPreset(.hd1280x720) { session.sessionPreset = .hd1280x720 }
            try addOutput()
            mirror(isMirrored)
            followRotation(of: device)
        }

        /// Go on beside other apps' windows on an iPad, where it can; elsewhere they interrupt the camera. It is to be set
        /// before the session runs.
        private func shareScreen() {
            #if os(iOS) && !targetEnvironment(macCatalyst)
                if session.isMultitaskingCameraAccessSupported, !session.isMultitaskingCameraAccessEnabled {
                    session.isMultitaskingCameraAccessEnabled = true
                }
            #endif
        }

        /// A Mac's camera has no position; any will do.
        private static func device(_ position: Position) throws -> AVCaptureDevice {
            let side: AVCaptureDevice.Position = position == .front ? .front : .back
            if let device = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: side) {
                return device
            }
            #if os(macOS) || targetEnvironment(macCatalyst)
                if let device = AVCaptureDevice.default(for: .video) { return device }
            #endif
            throw BlazeMeshError.cameraMissing(position: position.rawValue)
        }

        private func addOutput() throws {
            guard !session.outputs.contains(output) else { return }
            guard session.canAddOutput(output) else {
                throw BlazeMeshError.cameraFailed(reason: "it gives no frames")
            }
            output.alwaysDiscardsLateVideoFrames = true
            output.videoSettings = [kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_32BGRA]
            receiver.receive(from: output)
            session.addOutput(output)
        }

        private func mirror(_ isMirrored: Bool) {
            guard let connection = output.connection(with: .video), connection.isVideoMirroringSupported else { return }
            connection.automaticallyAdjustsVideoMirroring = false
            connection.isVideoMirrored = isMirrored
        }

        // MARK: Rotation

        /// Without a preview, frames are level with the horizon; with one, they are turned as the preview is.
        private func followRotation(of device: AVCaptureDevice) {
            let coordinator = AVCaptureDevice.RotationCoordinator(device: device, previewLayer: nil)
            angleObservation = coordinator.observe(\.videoRotationAngleForHorizonLevelCapture) { [weak self] _, _ in
                Task { await self?.turnOutput() }
            }
            self.coordinator = coordinator
            turnOutput()
        }

        /// Turn frames as a preview is turned, so that what is found in them fits what it shows; `nil` ends that.
        func follow(previewAngle angle: CGFloat?) {
            previewAngle = angle
            turnOutput()
        }

        /// Another camera's frames come by another connection, which is not turned yet: until the preview has said how it
        /// is turned for that camera, the angle of the one before is the best guess.
        private func turnOutput() {
            guard let angle = previewAngle ?? coordinator?.videoRotationAngleForHorizonLevelCapture,
                let connection = output.connection(with: .video), connection.isVideoRotationAngleSupported(angle)
            else {
                return
            }
            connection.videoRotationAngle = angle
        }

        // MARK: Interruptions

        private func observeSession() {
            guard observers == nil else { return }
            observers = SessionObservers(
                session,
                interrupted: { [stateChanges] in stateChanges.send(.interrupted(reason: $0)) },
                resumed: { [stateChanges] in
                    if stateChanges.last != .stopped { stateChanges.send(.running) }
                },
                failed: { [weak self] reason, helpsToStart in
                    Task { await self?.recover(from: reason, startingAgain: helpsToStart) }
                })
        }

        private func recover(from reason: String, startingAgain: Bool) {
            if startingAgain { session.startRunning() }
            let state = startingAgain ? stateOnceStarted : nil
            stateChanges.send(state ?? .failed(.cameraFailed(reason: reason)))
        }

        /// What became of `startRunning`; `nil` where it failed. One that is interrupted is kept, and granted when the
        /// interruption ends.
        private var stateOnceStarted: State? {
            if session.isRunning { return .running }
            guard session.waits else { return nil }
            // The notification may have come already, and knows why.
            if case .interrupted(let reason) = stateChanges.last { return .interrupted(reason: reason) }
            return .interrupted(reason: SessionObservers.unknownReason)
        }
    }
#endif

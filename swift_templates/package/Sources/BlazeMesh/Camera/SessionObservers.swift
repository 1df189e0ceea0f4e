#if canImport(CoreML) && !os(visionOS)
    import AVFoundation

    /// What a session says of itself, as long as this lives.
    nonisolated final class SessionObservers {
        /// Why a session is interrupted where nobody says.
        static let unknownReason = "the system needs the camera"

        private var tokens: [any NSObjectProtocol] = []

        /// - Parameters:
        ///   - session: Who speaks.
        ///   - interrupted: Is called with the reason.
        ///   - resumed: Is called when an interruption has ended.
        ///   - failed: Is called with what went wrong, and whether starting again helps.
        init(
            _ session: AVCaptureSession, interrupted: @escaping @Sendable (String) -> Void,
            resumed: @escaping @Sendable () -> Void, failed: @escaping @Sendable (String, Bool) -> Void
        ) {
            observe(AVCaptureSession.wasInterruptedNotification, session) {
                interrupted($0.interruptionReason)
            }
            observe(AVCaptureSession.interruptionEndedNotification, session) { _ in resumed() }
            observe(AVCaptureSession.runtimeErrorNotification, session) {
                let error = $0.userInfo?[AVCaptureSessionErrorKey] as? AVError
                failed(error?.localizedDescription ?? "unknown error", error?.isPassing ?? false)
            }
        }

        deinit {
            for token in tokens {
                NotificationCenter.default.removeObserver(token)
            }
        }

        private func observe(
            _ name: Notification.Name, _ session: AVCaptureSession, _ body: @escaping @Sendable (Notification) -> Void
        ) {
            tokens.append(
                NotificationCenter.default.addObserver(forName: name, object: session, queue: nil, using: body))
        }
    }

    nonisolated extension Notification {
        /// Why a session was interrupted; a Mac doesn't say.
        fileprivate var interruptionReason: String {
            #if !os(macOS)
                // No switch: newer systems have cases that this one may not name.
                let texts: [AVCaptureSession.InterruptionReason: String] = [
                    .videoDeviceNotAvailableInBackground: "the app is in the background",
                    .videoDeviceInUseByAnotherClient: "another app uses the camera",
                    .videoDeviceNotAvailableWithMultipleForegroundApps: "several apps share the screen",
                    .videoDeviceNotAvailableDueToSystemPressure: "the device is too hot",
                ]
                let number = userInfo?[AVCaptureSessionInterruptionReasonKey] as? Int
                let reason = number.flatMap { AVCaptureSession.InterruptionReason(rawValue: $0) }
                if let text = reason.flatMap({ texts[$0] }) { return text }
            #endif
            return SessionObservers.unknownReason
        }
    }

    nonisolated extension AVCaptureSession {
        /// Whether the system keeps the camera from it for a while; a Mac doesn't.
        var waits: Bool {
            #if os(macOS)
                return false
            #else
                return isInterrupted
            #endif
        }
    }

    nonisolated extension AVError {
        /// Whether starting again helps: the system's media services were restarted, which a Mac doesn't tell of.
        fileprivate var isPassing: Bool {
            #if os(macOS)
                return false
            #else
                return code == .mediaServicesWereReset
            #endif
        }
    }
#endif

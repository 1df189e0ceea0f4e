#if canImport(CoreML)
    import Foundation

    /// What can go wrong between a picture and its faces, and what to do about it.
    public nonisolated enum BlazeMeshError: Error, Sendable, Hashable {
        /// A bundle lacks a model.
        case modelMissing(name: String, bundle: String)
        /// A model is there, but Core ML doesn't compile or load it.
        case modelUnreadable(name: String, reason: String)
        /// A detector's package is of a form that this type doesn't read.
        case wrongForm(name: String, form: String, expected: String)
        /// A model answers with something else than it should.
        case unexpectedOutput(model: String, output: String, found: String)
        /// A picture has no pixels.
        case emptyPicture
        /// There is no memory for a picture; the code is Core Video's.
        case noBuffer(code: Int)
        /// The user, or the device's owner, doesn't let the app use the camera.
        case cameraNotAllowed(restricted: Bool)
        /// The device has no such camera.
        case cameraMissing(position: String)
        /// The camera is there, but doesn't run.
        case cameraFailed(reason: String)
    }

    nonisolated extension BlazeMeshError: LocalizedError, CustomStringConvertible {
        /// One line: what was found, and what to do.
        public var description: String {
            switch self {
            case .modelMissing(let name, let bundle):
                "\(name) is not in \(bundle): add \(name).mlpackage to the target, or link the product that has it"
            case .modelUnreadable(let name, let reason):
                "Core ML can't load \(name) (\(reason)): build the package again"
            case .wrongForm(let name, let form, let expected):
                "\(name) gives \(form); expected \(expected): choose another package"
            case .unexpectedOutput(let model, let output, let found):
                "\(model) gives \(found) as \(output): build the packages and the Swift sources again, together"
            case .emptyPicture:
                "the picture has no pixels: give one that is at least 1 × 1"
            case .noBuffer(let code):
                "no memory for a picture (Core Video's code \(code)): hold on to fewer frames"
            case .cameraNotAllowed(restricted: true):
                "this device doesn't let apps use the camera: its owner can change that in Screen Time"
            case .cameraNotAllowed(restricted: false):
                "the camera is not allowed for this app: allow it in Settings, Privacy & Security, Camera"
            case .cameraMissing(let position):
                "there is no \(position) camera: choose another one"
            case .cameraFailed(let reason):
                "the camera doesn't run (\(reason)): close other apps that use it and start it again"
            }
        }

        /// The same line, for an alert.
        public var errorDescription: String? { description }
    }
#endif

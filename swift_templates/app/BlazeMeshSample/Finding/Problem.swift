import BlazeMesh
import Foundation

/// What went wrong, in words for the user, and what can be done about it.
struct Problem: Hashable, Sendable {
    /// What a button may offer.
    enum Remedy: Hashable, Sendable {
        case openSettings, tryAgain, none
    }

    let title: String
    let text: String
    let symbol: String
    let remedy: Remedy

    /// A problem of the app's own.
    init(_ title: String, text: String, symbol: String = "exclamationmark.triangle", remedy: Remedy = .none) {
        (self.title, self.text, self.symbol, self.remedy) = (title, text, symbol, remedy)
    }

    /// What the package throws says in one line what was found and what to do; a title tells the kinds apart.
    init(_ error: any Error) {
        let text = error.localizedDescription
        guard let known = error as? BlazeMeshError else {
            self.init("The picture could not be looked at", text: text)
            return
        }
        switch known {
        case .modelMissing:
            self.init("A model is missing in this app", text: text, symbol: "shippingbox")
        case .modelUnreadable:  // the device may have had no room to compile it
            self.init("A model can't be used", text: text, symbol: "shippingbox", remedy: .tryAgain)
        case .wrongForm, .unexpectedOutput:
            self.init("A model can't be used", text: text, symbol: "shippingbox")
        case .emptyPicture, .noBuffer:
            self.init("The picture could not be looked at", text: text, symbol: "photo")
        case .cameraNotAllowed(restricted: false):
            self.init("The camera is not allowed", text: text, symbol: "lock", remedy: .openSettings)
        case .cameraNotAllowed(restricted: true):
            self.init("This device allows no camera", text: text, symbol: "lock")
        case .cameraMissing:
            self.init("There is no such camera", text: text, symbol: "camera", remedy: .tryAgain)
        case .cameraFailed:
            self.init("The camera stopped", text: text, symbol: "camera", remedy: .tryAgain)
        }
    }
}

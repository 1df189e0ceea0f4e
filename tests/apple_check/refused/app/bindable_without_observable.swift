// iOS refuses: 'init(wrappedValue:)' is unavailable: The wrapped value must be an object that conforms to Observable
import SwiftUI

@MainActor final class Model {
    var maximumFaces = 1
}

struct Settings: View {
    @Bindable var model: Model

    var body: some View { Stepper("Faces", value: $model.maximumFaces, in: 1...10) }
}

import Foundation
import SwiftUI

/// What the user should know while the picture goes on.
struct StatusView: View {
    /// A sentence with its symbol.
    struct Line: Hashable, Sendable {
        let text: String
        let symbol: String

        static let loading = Line(text: "Loading the models…", symbol: "hourglass")
        static let loadingPhoto = Line(text: "Loading the photo…", symbol: "icloud.and.arrow.down")
        static let noFace = Line(text: "No face found", symbol: "person.fill.questionmark")

        static func interrupted(_ reason: String) -> Line {
            Line(text: "The camera pauses: \(reason)", symbol: "pause.circle")
        }
    }

    let lines: [Line]

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            ForEach(lines, id: \.self) { line in
                Label(line.text, systemImage: line.symbol)
            }
        }
        .font(.callout)
        .padding(lines.isEmpty ? 0 : 8)
        .background(.regularMaterial, in: RoundedRectangle(cornerRadius: 8))
    }
}

extension StatusView.Line {
    /// What the device's heat means for the camera; nothing while it is cool enough.
    init?(_ state: ProcessInfo.ThermalState) {
        switch state {
        case .nominal, .fair: return nil
        case .serious:
            self.init(text: "The device is hot: every second frame is looked at", symbol: "thermometer.medium")
        case .critical: self.init(text: "The device is too hot: let it cool down", symbol: "thermometer.high")
        @unknown default: return nil
        }
    }
}

import SwiftUI
import UIKit

/// What went wrong, over whatever can't be shown.
struct ProblemView: View {
    private let problem: Problem
    private let tryAgain: () -> Void
    @Environment(\.openURL) private var openURL

    /// - Parameters:
    ///   - problem: What went wrong.
    ///   - tryAgain: Is called where the user wants to try it once more.
    init(_ problem: Problem, tryAgain: @escaping () -> Void = {}) {
        (self.problem, self.tryAgain) = (problem, tryAgain)
    }

    var body: some View {
        ViewThatFits(in: .vertical) {
            words
            ScrollView { words }  // large type
        }
        .background(.regularMaterial)
    }

    private var words: some View {
        ContentUnavailableView {
            Label(problem.title, systemImage: problem.symbol)
        } description: {
            Text(problem.text)
        } actions: {
            switch problem.remedy {
            case .openSettings: Button("Open Settings", action: openSettings)
            case .tryAgain: Button("Try again", action: tryAgain)
            case .none: EmptyView()
            }
        }
    }

    private func openSettings() {
        if let settings = URL(string: UIApplication.openSettingsURLString) { openURL(settings) }
    }
}

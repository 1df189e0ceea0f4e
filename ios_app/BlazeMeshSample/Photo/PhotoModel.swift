import BlazeMesh
import Foundation
import Observation
import PhotosUI
import SwiftUI

/// A still, and what is found in it.
@MainActor @Observable
final class PhotoModel {
    /// What is shown.
    private(set) var still = Still.astronaut
    /// Goes up with each still.
    private(set) var number = 0
    /// What it shows; `nil` while it is looked at.
    private(set) var sighting: Sighting?
    /// Why the photo that was chosen last isn't shown; the still before it is kept.
    private(set) var loadProblem: Problem?
    /// Whether a photo is on its way, perhaps from iCloud; the still before it is kept meanwhile.
    private(set) var isLoading = false
    /// Why the still can't be looked at.
    private(set) var lookProblem: Problem?

    @ObservationIgnored private var item: PhotosPickerItem?
    @ObservationIgnored private var announcer = Announcer()

    /// Take a photo of the user's; one that was taken already is shown as it is. The picker runs outside of the app, which
    /// so needs no permission.
    func load(_ item: PhotosPickerItem) async {
        (loadProblem, isLoading) = (nil, item != self.item)
        guard isLoading else { return }
        do {
            let decoded = await Still.decode(try await item.file())
            guard !Task.isCancelled else { return }  // another photo was chosen
            guard let decoded else {
                fail(Problem("This photo can't be read", text: "Choose another one.", symbol: "photo"))
                return
            }
            show(decoded, from: item)
        } catch {
            guard !Task.isCancelled else { return }
            fail(Problem("This photo can't be loaded", text: error.localizedDescription, symbol: "photo"))
        }
    }

    private func fail(_ found: Problem) {
        (isLoading, loadProblem) = (false, found)
        announcer.interject(found.title)
    }

    /// Take the app's own example.
    func showAstronaut() {
        show(Still.astronaut)
    }

    private func show(_ still: Still?, from item: PhotosPickerItem? = nil) {
        (self.still, self.item, announcer) = (still, item, Announcer())
        (sighting, isLoading, loadProblem, lookProblem) = (nil, false, nil, nil)
        number += 1
    }

    /// Look at the still by the finder's settings; a newer call's task cancels this one's.
    func look(with finder: FaceFinder) async {
        guard let still, let landmarker = finder.landmarker else { return }
        do {
            let found = try await landmarker.look(at: still, tracking: finder.settings.tracking)
            guard !Task.isCancelled else { return }
            (sighting, lookProblem) = (found, nil)
            announcer.say(FaceSummary.text(for: found.faces))
        } catch {
            guard !Task.isCancelled else { return }
            let found = Problem(error)
            (sighting, lookProblem) = (nil, found)
            announcer.interject(found.title)
        }
    }
}

extension PhotosPickerItem {
    /// The photo's file; `nil` where it has none. Items aren't `Sendable`: the asynchronous `loadTransferable` would take
    /// this one off the main actor, and so is refused.
    @MainActor fileprivate func file() async throws -> Data? {
        try await withCheckedThrowingContinuation { continuation in
            loadTransferable(type: Data.self) { continuation.resume(with: $0) }
        }
    }
}

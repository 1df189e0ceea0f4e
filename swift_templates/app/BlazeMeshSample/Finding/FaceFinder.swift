import BlazeMesh
import Observation

/// The landmarker in use, and the settings that it is to follow. Camera and photos share it.
@MainActor @Observable
final class FaceFinder {
    /// What the user set.
    var settings = SampleSettings()
    /// In use; `nil` until the models are loaded for the first time.
    private(set) var landmarker: FaceLandmarker?
    /// Goes up with each landmarker: who shows a still looks at it again.
    private(set) var generation = 0
    /// Whether another landmarker is on its way; the one before is used meanwhile, so that nothing stands still.
    private(set) var isLoading = false
    /// Why there is no landmarker by the newest recipe.
    private(set) var problem: Problem?
    /// Why nothing can be looked at; where there is an older landmarker, that goes on, and the settings say what is wrong.
    var lack: Problem? { landmarker == nil ? problem : nil }

    /// Make a landmarker by the settings' recipe. The newest call wins: an earlier one changes nothing any more once its
    /// task is cancelled, or the recipe is another.
    func load() async {
        let recipe = settings.recipe
        isLoading = true
        do {
            // A slider passes through many values; those that it leaves at once are not loaded.
            if landmarker != nil { try await Task.sleep(for: .milliseconds(300)) }
            let made = try await recipe.makeLandmarker(tracking: settings.tracking)
            guard isNewest(recipe) else { return }
            (landmarker, problem) = (made, nil)
            generation += 1
        } catch {
            guard isNewest(recipe) else { return }
            problem = Problem(error)
        }
        isLoading = false
    }

    /// Load once more what could not be loaded, where there is nothing to look with.
    func loadAgain() async {
        if lack != nil, !isLoading { await load() }
    }

    private func isNewest(_ recipe: Recipe) -> Bool {
        !Task.isCancelled && recipe == settings.recipe
    }
}

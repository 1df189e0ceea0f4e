import BlazeMesh
import BlazeMeshCore

/// All that the user can set.
///
/// It lasts as long as the app runs: an app that keeps its users' choices must say so in its privacy manifest.
struct SampleSettings: Hashable, Sendable {
    /// What needs another landmarker.
    var recipe = Recipe()
    /// How many faces are looked for.
    var maximumFaces = 2
    /// A face is lost unless its presence, 0 to 1, is above this.
    var minimumPresence: Float = 0.5
    /// Whether landmarks are smoothed from frame to frame.
    var smoothing = true
    /// What is drawn of a face.
    var layers: DrawLayers = [.mesh, .contours, .irises]

    /// The same in the package's words; poses are computed only where they are shown.
    var tracking: FaceTracker.Settings {
        FaceTracker.Settings(
            maximumFaces: maximumFaces, minimumPresence: minimumPresence, smoothing: smoothing,
            geometry: layers.contains(.axes))
    }
}

extension DrawLayers {
    /// Whether a layer is drawn, as a toggle wants it.
    subscript(layer: DrawLayers) -> Bool {
        get { isSuperset(of: layer) }
        set { if newValue { formUnion(layer) } else { subtract(layer) } }
    }
}

// iOS refuses: '@Observable' cannot be applied to struct type
import Observation

@Observable struct Settings {
    var smoothing = true
}

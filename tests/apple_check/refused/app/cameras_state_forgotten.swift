// iOS refuses: switch must be exhaustive
import BlazeMesh

func isSeeing(_ state: CameraSession.State) -> Bool {
    switch state {
    case .running: true
    case .stopped, .failed: false
    }
}

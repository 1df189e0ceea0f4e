// iOS refuses: switch must be exhaustive
import BlazeMesh

func isOfTheCamera(_ error: BlazeMeshError) -> Bool {
    switch error {
    case .cameraNotAllowed, .cameraMissing, .cameraFailed: true
    case .modelMissing, .modelUnreadable, .wrongForm, .unexpectedOutput, .emptyPicture: false
    }
}

// iOS refuses: switch covers known cases, but 'AVAuthorizationStatus' may have additional unknown values
import AVFoundation

func mayUseCamera(_ status: AVAuthorizationStatus) -> Bool {
    switch status {
    case .authorized: true
    case .notDetermined, .restricted, .denied: false
    }
}

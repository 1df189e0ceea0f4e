"""What iOS asks the user for, by the APIs that make it ask: each needs a sentence in the Info.plist, no other does.

Source of the keys: developer.apple.com/documentation/bundleresources/information-property-list.
"""

import re
from collections.abc import Mapping
from typing import Any

APIS: Mapping[str, str] = {
    "NSBluetoothAlwaysUsageDescription": r"CBCentralManager|CBPeripheralManager",
    "NSCalendarsFullAccessUsageDescription": r"requestFullAccessToEvents",
    "NSCameraUsageDescription": r"AVCaptureDevice|CameraSession|sourceType = \.camera",
    "NSContactsUsageDescription": r"CNContactStore",
    "NSFaceIDUsageDescription": r"LAContext",
    "NSLocalNetworkUsageDescription": r"NWBrowser|NWListener|NetService",
    "NSLocationWhenInUseUsageDescription": r"CLLocationManager|CLLocationUpdate",
    "NSMicrophoneUsageDescription": r"AVAudioRecorder|AVAudioApplication|requestRecordPermission|for: \.audio",
    "NSMotionUsageDescription": r"CMMotionActivityManager|CMPedometer",
    "NSPhotoLibraryAddUsageDescription": r"UIImageWriteToSavedPhotosAlbum|PHAssetCreationRequest|PHAssetChangeRequest",
    # Pickers (PhotosPicker, PHPickerViewController) run in a process of their own and need none.
    "NSPhotoLibraryUsageDescription": r"PHPhotoLibrary|PHAsset\b",
    "NSSpeechRecognitionUsageDescription": r"SFSpeechRecognizer",
    "NSUserTrackingUsageDescription": r"ATTrackingManager",
}
PREFIX = "INFOPLIST_KEY_"
ENDING = "UsageDescription"


def usage_findings(settings: Mapping[str, Any], sources: Mapping[str, str]) -> list[str]:
    """Sentences that are missing, needless or none in a configuration's `settings`, for the app's own `sources`."""
    given = {name.removeprefix(PREFIX): text for name, text in settings.items() if name.endswith(ENDING)}
    needed = {key: path for key, apis in APIS.items() for path, text in sources.items() if re.search(apis, text)}
    missing = [f"{path} needs {key}" for key, path in needed.items() if key not in given]
    needless = [f"nothing needs {key}" for key in given if key not in needed]
    # iOS shows it when it asks; the words are the app's only chance to say what happens to the picture.
    empty = [f"{key} is {text!r}; expected a sentence" for key, text in given.items() if not _is_sentence(str(text))]
    return [*missing, *needless, *empty]


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and len(text.split()) >= 5

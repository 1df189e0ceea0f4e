import pytest

from tests.ios_app.conftest import Sample
from tests.ios_app.settings import effective_settings
from tests.ios_app.usage import PREFIX, usage_findings

CAMERA = f"{PREFIX}NSCameraUsageDescription"
SENTENCE = {CAMERA: "Finds faces in what the camera sees."}


def test_the_app_says_what_it_asks_for_and_no_more(whole: Sample) -> None:
    for values in effective_settings(whole.project()).values():
        assert usage_findings(values, whole.sources()) == []
        assert "stay on this device: nothing is stored or sent" in values[CAMERA]


def test_a_dropped_string_is_found(broken: Sample) -> None:
    text = broken.file.read_text()
    broken.file.write_text("\n".join(line for line in text.splitlines() if "NSCameraUsageDescription" not in line))
    for values in effective_settings(broken.project()).values():
        found = usage_findings(values, broken.sources())
        assert len(found) == 1
        assert found[0].endswith("needs NSCameraUsageDescription")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("AVCaptureDevice.requestAccess(for: .video)", "NSCameraUsageDescription"),
        ("let camera = CameraSession()", "NSCameraUsageDescription"),
        ("PHPhotoLibrary.shared()", "NSPhotoLibraryUsageDescription"),
        ("UIImageWriteToSavedPhotosAlbum(image, nil, nil, nil)", "NSPhotoLibraryAddUsageDescription"),
        ("AVCaptureDevice.default(for: .audio)", "NSMicrophoneUsageDescription"),
        ("let manager = CLLocationManager()", "NSLocationWhenInUseUsageDescription"),
    ],
)
def test_an_api_that_asks_needs_a_string(line: str, key: str) -> None:
    assert f"A.swift needs {key}" in usage_findings({}, {"A.swift": line})


def test_pickers_ask_for_nothing() -> None:
    assert usage_findings({}, {"A.swift": "PhotosPicker(selection: $item, matching: .images)"}) == []


def test_a_needless_string_is_found() -> None:
    assert usage_findings(SENTENCE, {"A.swift": "let x = 1"}) == ["nothing needs NSCameraUsageDescription"]


@pytest.mark.parametrize("text", ["", "Camera", "Camera."])
def test_what_is_no_sentence_is_found(text: str) -> None:
    (found,) = usage_findings({CAMERA: text}, {"A.swift": "CameraSession()"})
    assert found.endswith("expected a sentence")

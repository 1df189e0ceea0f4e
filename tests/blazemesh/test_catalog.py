from pathlib import Path

import pytest

import blazemesh.catalog
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError

PINNED = Path(__file__).parents[2] / "models.toml"
DIGEST = "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"


def changed(folder: Path, old: str, new: str) -> Path:
    """The pinned models.toml with the first `old` replaced."""
    text = PINNED.read_text(encoding="utf-8")
    assert old in text
    path = folder / "models.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_catalog(path)
    line = str(caught.value)
    assert "\n" not in line
    assert str(path) in line
    return line


def test_the_five_models_stand_in_their_order() -> None:
    catalog = load_catalog()
    assert [(model.name, model.subject, model.input.range) for model in catalog.models] == [
        ("BlazeFaceShortRange", "frame", (-1.0, 1.0)),
        ("BlazeFaceFullRange", "frame", (-1.0, 1.0)),
        ("FaceMesh", "face", (0.0, 1.0)),
        ("FaceMeshAttention", "face", (0.0, 1.0)),
        ("IrisLandmarks", "eye", (0.0, 1.0)),
    ]


def test_every_output_says_its_shape_and_unit_and_what_z_is() -> None:
    units = {"px": "pixels", "logit": "logit"}
    for model in load_catalog().models:
        for output in model.outputs:
            assert output.meaning.startswith(f"Shape {list(output.shape)}, ")
            assert units[output.unit] in output.meaning
            if output.shape[-1] == 3:
                assert "z the depth relative to the mesh's centre of gravity, in x's scale" in output.meaning


def test_a_model_is_found_by_name_and_by_hash() -> None:
    catalog = load_catalog()
    model = catalog.model("BlazeFaceShortRange")
    assert catalog.by_sha256(DIGEST) is model
    assert catalog.by_sha256("0" * 64) is None
    assert model.folder == "face_detection"
    assert catalog.wheel_of(model).requirement == "mediapipe==0.10.21"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"no model is named 'Palm'; expected one of BlazeFaceShortRange, .*Iris"):
        load_catalog().model("Palm")


def test_an_installed_package_finds_the_file_inside_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "blazemesh"
    package.mkdir()
    (package / "models.toml").write_bytes(PINNED.read_bytes())
    monkeypatch.setattr(blazemesh.catalog, "__file__", str(package / "catalog.py"))
    assert load_catalog() == load_catalog(PINNED)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[wheels.mediapipe]", "[wheel.mediapipe]", "wheels: found nothing, expected a table of at least one wheel"),
        ("[wheels.mediapipe]", "[wheels]\n[other]", "wheels: found {}, expected a table of at least one wheel"),
        ("[wheels.mediapipe]", "[wheels]\nmediapipe = 1\n[other]", "wheels.'mediapipe': found 1, expected a table"),
        ("[[models]]", "surprise = 1\n[[models]]", "wheels.'mediapipe': found the unknown key 'surprise'"),
        ("[wheels.mediapipe]", "surprise = 1\n[wheels.mediapipe]", "found the unknown key 'surprise', expected only"),
        ("==0.10.21", ">=0.10.21", "requirement: found 'mediapipe>=0.10.21', expected a requirement like"),
        ("==0.10.21", "==0.10.21 --pre", "requirement: found"),
        ("manylinux_2_28_x86_64", "any; rm", "platform: found 'any; rm', expected a wheel's platform tag"),
        ('"3.11"', "3.11", "python: found 3.11, expected a Python version"),
        ("35622638", "35622638.0", "bytes: found 35622638.0, expected an integer from 1"),
        ('"05dc4a', '"05DC4A', "sha256: found"),
        ('name = "BlazeFaceShortRange"\n', "", "models[0]: name: found nothing, expected a UpperCamelCase identifier"),
        ('"BlazeFaceShortRange"', '"blazeFace"', "models[0]: name: found 'blazeFace', expected a UpperCamelCase"),
        ('"BlazeFaceShortRange"', '"Type"', "that is no reserved word"),
        ('"BlazeFaceShortRange"', '"FACEMESH"', "found two models named 'FaceMesh'"),
        ('title = "BlazeFace, short range"', 'title = ""', "BlazeFaceShortRange: title: found '', expected one line"),
        ('title = "BlazeFace, short range"', 'title = "a\\nb"', r"title: found 'a\nb', expected one line of text"),
        ('"face_detection_short_range.tflite"', '"../x.tflite"', "file: found '../x.tflite', expected a file's name"),
        ('"face_detection_short_range.tflite"', '".."', "file: found '..', expected a file's name"),
        ('"face_detection_short_range.tflite"', '"other.tflite"', 'a folder and "other.tflite"'),
        ("mediapipe/modules/face_detection/face_d", "/modules/face_d", "path: found '/modules/"),
        ("mediapipe/modules/face_detection/face_d", "modules/../face_d", "path: found 'modules/../"),
        ('wheel = "mediapipe"', 'wheel = "other"', "wheel: found 'other', expected one of \"mediapipe\""),
        ("229714", "0", "bytes: found 0, expected an integer from 1 to 2147483647"),
        ("229714", "true", "bytes: found True, expected an integer"),
        ("229714", "0x" + "f" * 5000, "bytes: found a value of type int too long to show, expected an integer"),
        (DIGEST, DIGEST[:-1], "sha256: found"),
        (DIGEST, "g" + DIGEST[1:], "sha256: found"),
        ('"frame"', '"hand"', 'subject: found \'hand\', expected one of "frame", "face", "eye"'),
        ("[-1, 1]", "[1, -1]", "input: range: found [1, -1], expected two numbers"),
        ("[-1, 1]", "[-1, 1, 2]", "input: range: found [-1, 1, 2]"),
        ("[-1, 1]", "[false, true]", "input: range: found [False, True]"),
        ("[-1, 1]", "[0, inf]", "input: range: found [0, inf]"),
        ("[-1, 1]", "[0, nan]", "input: range: found [0, nan]"),
        ("[-1, 1]", "[0, 0x" + "f" * 5000 + "]", "input: range: found a value of type list too long to show"),
        ('name = "image"', 'name = "Image"', "input: name: found 'Image', expected a lowerCamelCase identifier"),
        ('name = "image"', 'name = "logits"', "found 'logits' as input and output, expected two names"),
        ('name = "regressors"', 'name = "class"', "outputs[0]: name: found 'class'"),
        ('name = "regressors"', 'name = "tensor"', "outputs[0]: name: found 'tensor'"),
        ('name = "regressors"', 'name = "box_es"', "outputs[0]: name: found 'box_es'"),
        ('name = "regressors"', 'name = "logits"', "BlazeFaceShortRange: found two outputs named 'logits'"),
        ('tensor = "regressors"', 'tensor = "classificators"', "found two outputs of tensor 'classificators'"),
        ("[896, 16]", "[896, 0]", "outputs[0]: shape: found [896, 0], expected 1 to 5 positive integers"),
        ("[896, 16]", "[]", "outputs[0]: shape: found []"),
        ("[896, 16]", "[1, 1, 1, 1, 1, 1]", "outputs[0]: shape: found [1, 1, 1, 1, 1, 1]"),
        ("[896, 16]", "[70000, 70000]", "whose product is at most 2147483647"),
        ("[896, 16]", '"896"', "outputs[0]: shape: found '896'"),
        ('unit = "px"', 'unit = "cm"', 'unit: found \'cm\', expected one of "px", "logit"'),
        ('form = "vision"', 'form = "faces"', "BlazeFaceShortRange: found two packages with the form 'faces'"),
        ('form = "eye"', 'form = "nose"', "IrisLandmarks: packages[0]: form: found 'nose', expected one of"),
        ('{ name = "IrisLandmarks", form', '{ name = "FaceMesh", form', "found two packages named 'FaceMesh'"),
        ('author = "Google (MediaPipe)"', 'autor = "Google"', "author: found nothing, expected one line of text"),
        (
            'subject = "eye"',
            'subject = "eye"\nlicense = ""',
            "IrisLandmarks: found the unknown key 'license'",
        ),
    ],
)
def test_what_is_not_as_expected_is_refused_by_place_and_value(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refusal(changed(tmp_path, old, new))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "wheels: found nothing"),
        (b"models = [", "broken TOML"),
        (b"title = '\xff'", "not UTF-8 at offset 9"),
        (b"n = " + b"9" * 5000, "broken TOML"),
        (b"n = " + b"[" * 100_000, "nested too deeply"),
        (b"#" * (1 << 20) + b"\n", "more than 1048576 bytes"),
        (b"models = 3\nwheels = 4", "wheels: found 4, expected a table"),
    ],
)
def test_a_hostile_file_ends_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "models.toml"
    path.write_bytes(data)
    assert said in refusal(path)


def test_a_folder_and_a_missing_file_end_in_one_line(tmp_path: Path) -> None:
    assert "it is a folder, expected a file" in refusal(tmp_path)
    assert "does not exist" in refusal(tmp_path / "nothing.toml")


def test_nine_samples_are_pinned_in_the_same_wheel() -> None:
    catalog = load_catalog()
    assert len(catalog.samples) == 9
    assert {catalog.wheel_of(sample) for sample in catalog.samples} == set(catalog.wheels)
    assert not {sample.sha256 for sample in catalog.samples} & {model.sha256 for model in catalog.models}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "HandRecrop"', 'name = "FaceMesh"', "two models named 'FaceMesh'"),
        ('file = "hand_recrop.tflite"', 'file = "../x"', "expected a file's name"),
        ("bytes = 123792", "bytes = 0", "expected an integer from 1"),
        ('name = "HandRecrop"', 'name = "HandRecrop"\ntitle = "Hand"', "found the unknown key 'title'"),
    ],
)
def test_a_wrong_sample_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refusal(changed(tmp_path, old, new))

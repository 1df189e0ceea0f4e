"""What is right passes; whatever is wrong with a package, its cases or its original is told."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from blazemesh.catalog import load_catalog
from blazemesh.conversion import convert, judge
from blazemesh.manifest import read_manifest
from converters.tflite_reader import read_tflite
from pipelines.detector import DETECTORS
from pipelines.forms.detections import Faces
from tests.blazemesh.conftest import small_model
from tests.conftest import Command
from tests.verification.conftest import NAMES, PRODUCTS, Damage, convolutions
from verification import verify as module
from verification.cases import make_cases
from verification.divergence import TENSOR_NAME
from verification.executor.errors import PackageError
from verification.executor.proto import load_proto
from verification.executor.reference import ReferenceModel
from verification.limits import TAIL, Limit
from verification.oracles.errors import OracleError
from verification.oracles.litert import LiteRT
from verification.pictures import Picture
from verification.provenance import Meaning
from verification.verify import Verdict, verify

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]


def judged(package: Path, model: Path, count: int = 6) -> Verdict:
    return judge(package, model.read_bytes(), model.name, cases=count)


@pytest.mark.parametrize("name", NAMES)
def test_a_package_agrees_with_its_original(built: Path, models: dict[str, Path], name: str) -> None:
    verdict = judged(built / f"{name}.mlpackage", models[PRODUCTS[name]])
    assert verdict.passed
    assert verdict.failures == ()
    for row in (*verdict.rows, *verdict.network):
        assert row.max <= row.limit
        # Float arithmetic leaves a trace in each output but the number of faces.
        assert row.max > 0 or row.unit == "faces"
    assert all((row.cases, row.faces) == (6, 3) for row in verdict.network)
    # With float16 rounding a score of one of these cases lies beside its threshold: both detectors that suppress.
    left_out = [] if verdict.notes == () else ["float16"]
    assert all("1 of 6 cases have a score or an overlap beside its threshold" in note for note in verdict.notes)
    assert not left_out or "Range" in name
    assert all(row.cases == (5 if row.arithmetic in left_out else 6) for row in verdict.rows)


@pytest.mark.parametrize("name", NAMES)
def test_the_network_is_compared_where_the_program_goes_on(built: Path, name: str) -> None:
    """The manifest's rows: raw values with the names of models.toml, in both arithmetics, against LiteRT."""
    entry = read_manifest(built).entry(name)
    assert entry is not None
    outputs = [output.name for output in load_catalog().model(PRODUCTS[name]).outputs]
    for arithmetic in ("float32", "float16"):
        rows = [row for row in entry["network"] if row["arithmetic"] == arithmetic]
        assert [row["output"] for row in rows] == outputs
        assert {row["oracle"] for row in rows} == {"litert"}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", NAMES)
def test_200_changed_bytes_are_noticed(
    command: Command, damaged: Damage, models: dict[str, Path], name: str, seed: int
) -> None:
    def change(content: Bytes) -> None:
        generator = np.random.default_rng(seed)
        content[generator.choice(content.size, 200, replace=False)] ^= generator.integers(1, 256, 200, np.uint8)

    ended = command("verify", damaged(name, change), "--against", models[PRODUCTS[name]], "--cases", 4)
    assert ended.code in (1, 2)
    assert f"{name}.mlpackage" in ended.err
    assert "agrees" not in ended.err


LAYERS = [
    *((network, share) for network in dict.fromkeys(PRODUCTS.values()) for share in (0.0, 0.5, 0.9)),
    *((name, 0.5) for name in NAMES if name not in PRODUCTS.values()),
]
"""Packages, and how far down their networks a layer is; packages of one network differ behind it."""


@pytest.mark.parametrize(("name", "share"), LAYERS)
def test_the_first_operator_that_diverges_is_named(
    damaged: Damage, built: Path, models: dict[str, Path], name: str, share: float
) -> None:
    every = convolutions(built / f"{name}.mlpackage")
    result, place = every[int(share * len(every))]

    def negate(content: Bytes) -> None:
        content[place][1::2] ^= 0x80  # a float16's sign

    model = models[PRODUCTS[name]]
    verdict = judged(damaged(name, negate), model, 4)
    match = TENSOR_NAME.search(result.replace("_linear", ""))
    assert match is not None
    tensor = int(match[1])
    graph = read_tflite(model.read_bytes(), model.name)
    (made_by,) = [operator for operator in graph.operators if tensor in operator.outputs]
    guilty = f"first to diverge: {graph.where(made_by)} differs by "
    float32 = [failure for failure in verdict.failures if "float32" in failure]
    assert float32
    assert all(guilty in failure for failure in float32), (guilty, float32)


def test_the_worst_case_is_the_one_that_is_traced(
    built: Path, models: dict[str, Path], astronaut: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, model = built / "IrisLandmarks.mlpackage", models["IrisLandmarks"]
    monkeypatch.setattr("verification.judge.limit", lambda *_: Limit(0.0))
    monkeypatch.setattr("verification.judge.Judge.first_divergence", lambda judge, case: case.name)
    failures = judged(package, model, 8).failures
    reference, original = ReferenceModel(package, "float32"), LiteRT(model.read_bytes(), model.name)
    features = reference.program.inputs
    errors: dict[str, float] = {}
    for case in make_cases(features, "eye", [astronaut], 8):
        picture = (case.inputs["image"] / np.float32(255))[None]
        (expected,) = (value for value in original.run({"input_1": picture}).values() if value.size == 15)
        found = reference.predict(case.as_prediction_input(features))["iris"]
        # The crop's side is a power of two: dividing by it rounds nothing, and the worst case stays the worst.
        errors[case.name] = float(np.abs(found.ravel() - expected.ravel() / 64).max())
    worst = max(errors, key=lambda name: errors[name])
    assert worst != next(iter(errors))
    told = [failure for failure in failures if "iris is off" in failure and "float32" in failure]
    # What the package answers, and what its network handed over.
    assert [re.search(r" (\w+) \(limit", failure)[1] for failure in told] == ["normalised", "px"]  # type: ignore[index]
    assert all(failure.endswith(f"first to diverge: {worst}") for failure in told)


def test_values_that_are_not_finite_fail(
    command: Command, damaged: Damage, built: Path, models: dict[str, Path]
) -> None:
    _, place = convolutions(built / "FaceMesh.mlpackage")[10]

    def overflow(content: Bytes) -> None:
        content[place].view(np.float16)[0] = np.inf

    ended = command("verify", damaged("FaceMesh", overflow), "--against", models["FaceMesh"], "--cases", 4, "--json")
    assert ended.code == 1
    assert "landmarks is off by inf px" in ended.err
    assert "landmarks is off by inf normalised" in ended.err
    assert '"max": null' in ended.out


def test_extreme_frames_are_looked_at(built: Path, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.extremes.EXTREME_TOLERANCE", 0.0)
    verdict = judged(built / "BlazeFaceShortRange.mlpackage", models["BlazeFaceShortRange"], 4)
    assert {failure.split(": ")[1].split(" is off")[0] for failure in verdict.failures} >= {
        "logits on a black frame",
        "regressors on a white frame",
        "regressors on a pillarboxed frame",
        "landmarks on a pillarboxed frame",  # the only one on which a face is found
        "confidence on a pillarboxed frame",
    }
    proposals = judged(built / "BlazeFaceShortRangeProposals.mlpackage", models["BlazeFaceShortRange"], 4)
    assert {failure.split(": ")[1].split(" is off")[0] for failure in proposals.failures} >= {
        "landmarks on a black frame",
        "landmarks on a white frame",
        "scores on a pillarboxed frame",
    }


def folder_of(folder: Path, **pictures: Image.Image) -> Path:
    folder.mkdir()
    for name, picture in pictures.items():
        picture.save(folder / f"{name}.png")
    return folder


def landscape() -> Image.Image:
    """Sky above a field, and a sun."""
    picture = Image.linear_gradient("L").resize((320, 240)).convert("RGB")
    picture.paste((40, 120, 30), (0, 150, 320, 240))
    picture.paste((250, 230, 90), (200, 20, 240, 60))
    return picture


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8))


@pytest.mark.parametrize("name", NAMES)
def test_cases_without_a_face_prove_nothing(
    command: Command, built: Path, models: dict[str, Path], tmp_path: Path, name: str
) -> None:
    folder = folder_of(tmp_path / "pictures", landscape=landscape(), noise=noise())
    words = ("verify", built / f"{name}.mlpackage", "--against", models[PRODUCTS[name]])
    ended = command(*words, "--images", folder, "--cases", 6)
    assert ended.code == 1
    said, *further = ended.err.splitlines()
    assert said == "blazemesh: failed: none of the 6 cases holds a face that the original sees: they prove nothing"
    # Where there is no face, attention looks anywhere for the eyes: float16 costs their points more in the mean.
    assert further == [] or name == "FaceMeshAttention"
    for line in further:
        figures = re.search(r" is off by (\S+) \w+ \(limit (\S+)\), mean .* in reference float16; ", line)
        assert figures is not None
        assert float(figures[1]) <= float(figures[2])  # only the mean is too far off


def test_pictures_with_a_face_prove_something(
    command: Command, built: Path, models: dict[str, Path], tmp_path: Path, astronaut: Picture
) -> None:
    folder = folder_of(tmp_path / "pictures", face=Image.fromarray(astronaut.pixels), landscape=landscape())
    package = built / "FaceMesh.mlpackage"
    ended = command("verify", package, "--against", models["FaceMesh"], "--images", folder)
    assert (ended.code, ended.err) == (0, "  agrees with its original\n")
    assert "24 (12 faces)" in ended.out


def test_every_face_is_shown(models: dict[str, Path], astronaut: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, bool]] = []
    monkeypatch.setattr(module, "verify", lambda *given, built_in_cases: asked.append((given[4], built_in_cases)))
    crowd = Picture("crowd", astronaut.pixels, astronaut.spots * 30)
    for pictures, count in ((None, None), (None, 7), ([astronaut], None), ([crowd], None), ([crowd], 7)):
        judge(Path("X.mlpackage"), b"", "x.tflite", pictures, count)
    assert asked == [(24, True), (7, False), (24, False), (60, False), (7, False)]


@pytest.mark.parametrize("kind", ["empty", "missing", "broken"])
def test_pictures_that_cannot_be_read_are_bad_input(
    command: Command, built: Path, models: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "pictures"
    if kind != "missing":
        folder.mkdir()
    if kind == "broken":
        (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(20))
    ended = command("verify", built / "FaceMesh.mlpackage", "--against", models["FaceMesh"], "--images", folder)
    assert ended.code == 2
    assert {"empty": "holds no picture", "missing": "is no folder", "broken": "broken.jpg: "}[kind] in ended.line


def test_the_detector_of_the_faces_may_come_from_a_folder(
    command: Command, built: Path, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path / "pictures", noise=noise())
    (tmp_path / "models").mkdir()
    shutil.copy(models["BlazeFaceShortRange"], tmp_path / "models")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    words = ("verify", built / "FaceMesh.mlpackage", "--against", models["FaceMesh"], "--images", folder, "--cases", 2)
    assert command(*words, "--models", tmp_path / "models").code == 1
    assert "downloading" not in command(*words).err


def test_another_original_is_bad_input(built: Path, models: dict[str, Path]) -> None:
    for other in ("IrisLandmarks", "BlazeFaceShortRange"):
        with pytest.raises(PackageError, match=f"its metadata describe another network than {other}; build it again"):
            judged(built / "FaceMesh.mlpackage", models[other])


def test_another_original_that_nobody_pinned_is_bad_input(built: Path, models: dict[str, Path]) -> None:
    for other, said in (
        ("IrisLandmarks", r"^other\.tflite: input 'input_1' is \[1, 64, 64, 3\] in the original"),
        ("BlazeFaceShortRange", r"input '\w+' is not one of both the package and its original"),
    ):
        with pytest.raises(OracleError, match=said):
            judge(built / "FaceMesh.mlpackage", models[other].read_bytes() + b"\0", "other.tflite", cases=6)


SOURCE, MESH, DETECTOR = "com.blazemesh.source", "com.blazemesh.mesh", "com.blazemesh.detector"
DETECTING = Faces(DETECTORS["BlazeFaceShortRange"]).metadata()
CLAIMS: dict[str, tuple[Callable[[Any], object], str]] = {
    "other raw values": (
        lambda about: about.update({SOURCE: about[SOURCE].replace('"landmarks"', '"other"')}),
        "its program has no raw_other to compare",
    ),
    "no source": (lambda about: about.pop(SOURCE), "no 'com.blazemesh.source' in its metadata"),
    "a detector's outputs": (lambda about: about.update(DETECTING), "its metadata describe another network"),
    "an eye's outputs": (
        lambda about: about.update({MESH: about[MESH].replace('"mesh"', '"eye"')}),
        "landmarks of landmarks in the form eye",
    ),
    "no JSON": (
        lambda about: about.update({MESH: "{"}),
        "broken metadata 'com.blazemesh.detector' or 'com.blazemesh.mesh'",
    ),
    "a refinement": (
        lambda about: about.update({MESH: about[MESH].replace("null", '"attention_refinement"')}),
        "its metadata describe another network",
    ),
}


def claiming(package: Path, change: Callable[[Any], object]) -> Path:
    """Changes the user-defined metadata of a package in place."""
    path = package / "Data/com.apple.CoreML/model.mlmodel"
    specification = load_proto().model.Model()
    specification.ParseFromString(path.read_bytes())
    about = specification.description.metadata.userDefined
    entries = dict(about)
    change(entries)
    about.clear()
    about.update(entries)
    path.write_bytes(specification.SerializeToString())
    return package


@pytest.mark.parametrize("claim", CLAIMS)
def test_metadata_that_claim_something_else_are_bad_input(
    built: Path, models: dict[str, Path], tmp_path: Path, claim: str
) -> None:
    change, said = CLAIMS[claim]
    package = claiming(Path(shutil.copytree(built / "FaceMesh.mlpackage", tmp_path / "X.mlpackage")), change)
    with pytest.raises((PackageError, OracleError), match=said) as caught:
        judged(package, models["FaceMesh"])
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(("X.mlpackage: ", "its metadata"))


@pytest.mark.parametrize("change", [{"score": 0.99999}, {"iou": 0.9}])
def test_a_package_cannot_be_its_own_judge(
    built: Path, models: dict[str, Path], tmp_path: Path, change: dict[str, float]
) -> None:
    """With thresholds of its own in the metadata it would be held to what it likes."""

    def other(about: Any) -> None:
        record = json.loads(about[DETECTOR])
        record["thresholds"] |= change
        about[DETECTOR] = json.dumps(record)

    name = "BlazeFaceShortRangeProposals"
    package = claiming(Path(shutil.copytree(built / f"{name}.mlpackage", tmp_path / "X.mlpackage")), other)
    with pytest.raises(PackageError, match="its metadata describe another network than BlazeFaceShortRange"):
        judged(package, models["BlazeFaceShortRange"])


def suppressing_otherwise(nms: Any) -> None:
    nms.iouThreshold = 0.0


def naming_another_class_first(nms: Any) -> None:
    nms.stringClassLabels.vector[0], nms.stringClassLabels.vector[1] = nms.stringClassLabels.vector[1::-1]


@pytest.mark.parametrize(
    ("change", "said"),
    [(suppressing_otherwise, "its optional inputs are"), (naming_another_class_first, "its first class is not 'face'")],
)
def test_a_pipeline_whose_second_stage_is_another_is_refused(
    built: Path, models: dict[str, Path], tmp_path: Path, change: Callable[[Any], None], said: str
) -> None:
    package = Path(shutil.copytree(built / "BlazeFaceShortRangeVision.mlpackage", tmp_path / "X.mlpackage"))
    path = package / "Data/com.apple.CoreML/model.mlmodel"
    specification = load_proto().model.Model()
    specification.ParseFromString(path.read_bytes())
    change(specification.pipeline.models[1].nonMaximumSuppression)
    path.write_bytes(specification.SerializeToString())
    with pytest.raises(PackageError, match=said):
        judged(package, models["BlazeFaceShortRange"])


def test_a_package_that_hides_its_form_does_not_pass(built: Path, models: dict[str, Path], tmp_path: Path) -> None:
    """Without its mesh's metadata it is held against the raw values, in pixels, which it does not answer with."""
    package = Path(shutil.copytree(built / "FaceMesh.mlpackage", tmp_path / "X.mlpackage"))
    verdict = judged(claiming(package, lambda about: about.pop(MESH)), models["FaceMesh"], 2)
    assert any("landmarks is off by" in failure and " px " in failure for failure in verdict.failures)


def retold(package: Path, folder: Path, change: Callable[[str], str]) -> Path:
    """A copy of a package whose record of its source is another one."""
    copy = Path(shutil.copytree(package, folder / package.name, dirs_exist_ok=True))
    return claiming(copy, lambda about: about.update({SOURCE: change(about[SOURCE])}))


def test_a_package_cannot_choose_what_it_is_held_to(built: Path, models: dict[str, Path], tmp_path: Path) -> None:
    def softened(record: str) -> str:
        source = json.loads(record)
        outputs = [output | {"unit": "value"} for output in source["outputs"]]
        return json.dumps(source | {"subject": "any", "outputs": outputs})

    model = models["IrisLandmarks"]
    told = judged(retold(built / "IrisLandmarks.mlpackage", tmp_path, softened), model, 4)
    assert told == judged(built / "IrisLandmarks.mlpackage", model, 4)
    assert {row.unit for row in told.network} == {"px"}


def test_an_original_that_nobody_pinned_has_no_pixels(tmp_path: Path) -> None:
    def promoted(record: str) -> str:
        return record.replace('"value"', '"px"').replace('"any"', '"face"')

    (tmp_path / "tiny.tflite").write_bytes(small_model())
    convert(tmp_path / "tiny.tflite", tmp_path / "Tiny.mlpackage", check=False)
    verdict = judged(retold(tmp_path / "Tiny.mlpackage", tmp_path / "retold", promoted), tmp_path / "tiny.tflite", 4)
    assert {row.unit for row in verdict.rows} == {"value"}
    assert verdict.passed


def test_other_cases_have_wider_limits_in_the_maximum_alone(built: Path, models: dict[str, Path]) -> None:
    entry = read_manifest(built).entry("IrisLandmarks")
    assert entry is not None
    ours = {(row["output"], row["arithmetic"]): row for row in entry["parity"]}
    for row in judged(built / "IrisLandmarks.mlpackage", models["IrisLandmarks"], 2).rows:
        built_in = ours[row.output, row.arithmetic]
        assert row.limit == pytest.approx(TAIL * built_in["limit"])
        assert row.mean_limit == built_in.get("mean_limit")


def test_the_same_cases_give_the_same_figures(built: Path, models: dict[str, Path]) -> None:
    package, model = built / "IrisLandmarks.mlpackage", models["IrisLandmarks"]
    assert judged(package, model, 2) == judged(package, model, 2)


def test_without_pictures_there_is_noise_and_no_proof(built: Path, models: dict[str, Path]) -> None:
    model = models["IrisLandmarks"]
    meaning = Meaning("eye", {})
    verdict = verify(built / "IrisLandmarks.mlpackage", model.read_bytes(), model.name, [], 2, meaning)
    assert [row.faces for row in verdict.rows] == [0] * 4
    assert len(verdict.failures) == 1

import os
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from blazemesh import conversion
from blazemesh.conversion import convert
from blazemesh.errors import InputError
from blazemesh.options import Request
from converters.errors import ConversionError
from tests.blazemesh.conftest import quantised_model, small_model
from tests.conftest import ROOT, Command, files
from tests.converters.network import Network
from verification.executor.reference import ReferenceModel
from verification.limits import Limit

NothingLeft = Callable[[], AbstractContextManager[None]]


def test_a_model_becomes_a_verified_package(tiny: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    verdict = convert(tiny, tmp_path / "new" / "Tiny.mlpackage", progress=lines.append)
    assert verdict is not None
    assert verdict.passed
    assert [(row.output, row.arithmetic, row.cases) for row in verdict.rows] == [
        ("features", "float32", 24),
        ("features", "float16", 24),
    ]
    assert lines[0].startswith("nothing says how this model's pictures are scaled")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["Tiny.mlpackage"]


def test_two_conversions_give_the_same_bytes(tiny: Path, tiny_package: Path, tmp_path: Path) -> None:
    convert(tiny, tmp_path / "Again.mlpackage", check=False)
    assert files(tmp_path / "Again.mlpackage") == files(tiny_package)


def test_everybody_may_read_a_package_whatever_made_its_parts(tiny_package: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    for path in (tiny_package, *tiny_package.rglob("*")):
        expected = (0o777 if path.is_dir() else 0o666) & ~umask
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_an_old_package_is_replaced(tiny: Path, tiny_package: Path, tmp_path: Path) -> None:
    old = tmp_path / "X.mlpackage"
    shutil.copytree(tiny_package, old)
    (old / "stray").touch()
    convert(tiny, old, check=False)
    assert files(old) == files(tiny_package)
    assert {path.name for path in tmp_path.iterdir()} == {"X.mlpackage", "tiny.tflite"}


def test_a_package_that_fails_is_not_published(
    command: Command, nothing_left: NothingLeft, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verification.judge.limit", lambda *_: Limit(0.0))
    with nothing_left():
        ended = command("convert", tiny, "-o", tmp_path / "new" / "X.mlpackage")
    assert ended.code == 1
    assert "X.mlpackage: features is off by " in ended.err
    assert "first to diverge: " in ended.err


def test_a_package_that_fails_leaves_the_old_one(
    tiny: Path, tiny_package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "X.mlpackage"
    shutil.copytree(tiny_package, old)
    monkeypatch.setattr("verification.judge.limit", lambda *_: Limit(0.0))
    verdict = convert(tiny, old, Request(precision="float32"))
    assert verdict is not None
    assert not verdict.passed
    assert files(old) == files(tiny_package)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_conversion_that_is_broken_off_leaves_nothing(
    nothing_left: NothingLeft, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def break_off(*_: object) -> None:
        raise error

    monkeypatch.setattr(conversion, "judge", break_off)
    with nothing_left(), pytest.raises(error):
        convert(tiny, tmp_path / "deep" / "er" / "X.mlpackage")


@pytest.mark.parametrize("name", ["X.mlmodel", "X", ".mlpackage", "X.mlpackage.zip", "X.MLPACKAGE"])
def test_an_output_of_another_name_is_refused(nothing_left: NothingLeft, tiny: Path, tmp_path: Path, name: str) -> None:
    with nothing_left(), pytest.raises(InputError, match=r"expected an output that ends in \.mlpackage"):
        convert(tiny, tmp_path / name)


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing"])
def test_what_is_no_package_is_not_overwritten(
    nothing_left: NothingLeft, tiny: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "X.mlpackage"
    if kind == "file":
        out.write_text("mine")
    elif kind == "folder":
        out.mkdir()
        (out / "mine").touch()
    else:
        out.symlink_to("nothing")
    with nothing_left(), pytest.raises(InputError, match=r"is there and is no \.mlpackage; move it"):
        convert(tiny, out)


def test_an_open_batch_is_one_unless_it_is_asked_for(command: Command, tmp_path: Path) -> None:
    network = Network()
    x = network.input("values", (1, 4))
    hidden = network.unary("TANH", x)
    for tensor in (x, hidden):
        network.tensors[tensor].shapeSignature = [-1, 4]
    network.output(hidden)
    (tmp_path / "open.tflite").write_bytes(network.build())
    for options, size in (((), 1), (("--batch", "3"), 3)):
        package = tmp_path / f"{size}.mlpackage"
        ended = command("convert", tmp_path / "open.tflite", "-o", package, *options)
        assert ended.code == 0
        assert ("open.tflite leaves its batch open: it becomes 1; see --batch" in ended.err) is (size == 1)
        assert ReferenceModel(package).program.inputs[0].shape == (size, 4)
    ended = command("convert", tmp_path / "open.tflite", "-o", tmp_path / "0.mlpackage", "--batch", "0")
    assert (ended.code, ended.line) == (2, "error: open.tflite: a batch of 0, expected 1 to 4096")


def test_variables_are_told_of(tmp_path: Path) -> None:
    network = Network()
    state = network.tensor("state", (4,), isVariable=True)
    network.output(network.binary("ADD", network.input("values", (1, 4)), state))
    (tmp_path / "kept.tflite").write_bytes(network.build())
    lines: list[str] = []
    convert(tmp_path / "kept.tflite", tmp_path / "X.mlpackage", check=False, progress=lines.append)
    assert lines[0] == "kept.tflite keeps 'state' from run to run: here each prediction begins with zeros"


def test_pictures_of_any_channels_and_several_inputs(command: Command, tmp_path: Path) -> None:
    """Grey and RGB are images, four and six channels arrays; all of them are verified as what they are."""
    network = Network()
    for channels in (1, 3, 4, 6):
        network.output(network.conv(network.input(f"picture_{channels}", (1, 7, 9, channels)), 2))
    path = tmp_path / "four.tflite"
    path.write_bytes(network.build())
    ended = command("convert", path, "-o", tmp_path / "Four.mlpackage", "--precision", "float32")
    assert ended.code == 0, ended.err
    inputs = ReferenceModel(tmp_path / "Four.mlpackage").program.inputs
    assert [(f.kind, f.color) for f in inputs] == [
        ("image", "GRAYSCALE"),
        ("image", "RGB"),
        ("tensor", None),
        ("tensor", None),
    ]


def test_a_picture_of_bytes(command: Command, tmp_path: Path) -> None:
    network = Network()
    pixels = network.input("pixels", (1, 8, 8, 3), "uint8")
    scale = network.constant("scale", 1 / 256)
    network.output(network.binary("MUL", network.operator("CAST", [pixels], (1, 8, 8, 3)), scale))
    path = tmp_path / "bytes.tflite"
    path.write_bytes(network.build())
    for name, options in (("Image", ()), ("Tensor", ("--tensor-input",))):
        ended = command("convert", path, "-o", tmp_path / f"{name}.mlpackage", *options)
        assert ended.code == 0, ended.err
        assert "how this model's pictures are scaled" not in ended.err
    ended = command("convert", path, "-o", tmp_path / "X.mlpackage", "--input-range", "-1", "1")
    assert ended.code == 2
    assert ended.line.endswith("input image takes a picture's 0…255 as they are: leave --input-range out")


def test_a_quantised_model_is_refused(command: Command, nothing_left: NothingLeft, tmp_path: Path) -> None:
    path = tmp_path / "int8.tflite"
    path.write_bytes(quantised_model())
    with nothing_left():
        ended = command("convert", path, "-o", tmp_path / "X.mlpackage")
    assert ended.code == 2
    assert "quantised (int8); export the model in float32 or float16" in ended.line
    assert "int8.tflite" in ended.line


@pytest.mark.parametrize("kind", ["CUMSUM", "MyCustomOperator"])
def test_an_unknown_operator_is_named(command: Command, nothing_left: NothingLeft, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd.tflite"
    path.write_bytes(small_model(kind))
    with nothing_left():
        ended = command("convert", path, "-o", tmp_path / "X.mlpackage")
    assert ended.code == 2
    assert f"operator 1 {kind} (tensor 'unusual') is not supported" in ended.line
    assert "odd.tflite" in ended.line


def test_the_output_may_not_lie_in_a_file(nothing_left: NothingLeft, tiny: Path, tmp_path: Path) -> None:
    with nothing_left(), pytest.raises(OSError, match="tiny"):
        convert(tiny, tiny / "X.mlpackage", check=False)


# A private mount that goes with its process: "$0" is where, "$1" its options, the rest the command.
MOUNTED = 'mount -t tmpfs -o "$1" none "$0" || exit 99; folder=$0; shift; "$@"; code=$?; ls -A "$folder"; exit $code'


def on_small_disk(folder: Path, options: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """`blazemesh` with a file system of its own at `folder`; what is left there goes to standard output."""
    if not shutil.which("unshare"):
        pytest.skip("no unshare here to mount a small disk with")
    folder.mkdir()
    tool = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    words = [sys.executable, "-m", "blazemesh", *map(str, arguments)]
    done = subprocess.run(
        [*tool, "sh", "-c", MOUNTED, str(folder), options, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip("this system does not let a test mount a small disk")
    return done


@pytest.mark.parametrize("size", [100, 250, 400, 520])
def test_a_full_disk_is_one_line(tmp_path: Path, models: dict[str, Path], size: int) -> None:
    """100 KB: coremltools' weight writer fails; 250: its specification; 400: its copy of a folder; 520: our copy."""
    disk = tmp_path / "disk"
    done = on_small_disk(
        disk,
        f"size={size}k",
        "convert",
        models["BlazeFaceShortRange"],
        "-o",
        disk / "new" / "X.mlpackage",
        "--no-verify",
    )
    assert (done.returncode, done.stdout) == (2, "")
    said = f"cannot write '{disk}/new': the disk is full; free some space or choose another folder"
    assert done.stderr == f"blazemesh: error: {said}\n"


def test_a_read_only_folder_is_one_line(tmp_path: Path, tiny: Path) -> None:
    disk = tmp_path / "disk"
    done = on_small_disk(disk, "ro", "convert", tiny, "-o", disk / "X.mlpackage", "--tensor-input")
    assert (done.returncode, done.stdout) == (2, "")
    said = f"cannot write '{disk}': the file system is read-only; choose another folder"
    assert done.stderr == f"blazemesh: error: {said}\n"


@pytest.mark.parametrize("size", [100, 1000])
def test_a_limit_on_the_size_of_files_is_one_line(
    nothing_left: NothingLeft, tiny: Path, tmp_path: Path, size: int
) -> None:
    """100 bytes: coremltools' weight writer fails; 1000: its own temporary file for the specification."""
    words = [sys.executable, "-m", "blazemesh", "convert", tiny, "-o", tmp_path / "new" / "X.mlpackage"]
    with nothing_left():
        done = subprocess.run(
            [*map(str, words), "--tensor-input"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )
    assert (done.returncode, done.stdout) == (2, "")
    said = f"cannot write '{tmp_path}/new': it is larger than the system lets a file be; raise the limit (ulimit -f)"
    assert done.stderr == f"blazemesh: error: {said}\n"


def test_a_refusal_of_coremltools_is_not_taken_for_a_full_disk(
    nothing_left: NothingLeft, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("not this\nprogram")

    monkeypatch.setattr("coremltools.convert", refuse)
    with nothing_left(), pytest.raises(ConversionError, match=r"coremltools refuses the program: not this program$"):
        convert(tiny, tmp_path / "X.mlpackage")


def test_the_iris_network_in_float32_is_exact(models: dict[str, Path], tmp_path: Path) -> None:
    verdict = convert(models["IrisLandmarks"], tmp_path / "Iris.mlpackage", Request(precision="float32"))
    assert verdict is not None
    exact = [row for row in verdict.rows if row.arithmetic == "float32"]
    assert [(row.output, row.unit, row.limit) for row in exact] == [("contour", "px", 5e-4), ("iris", "px", 5e-4)]
    assert all(0 < row.max <= 5e-4 and row.faces >= 5 for row in exact)
    assert verdict.passed

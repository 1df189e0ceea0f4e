import contextlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np
import pytest
from PIL import Image

from blazemesh import cli, inspection
from blazemesh.errors import GateError
from tests.blazemesh.conftest import small_model
from tests.conftest import ROOT, Command, Ended

COMMANDS = ("fetch", "build", "convert", "inspect", "verify", "lint", "predict", "run", "demo")


def document(ended: Ended) -> Any:
    """The one JSON document that standard output holds; NaN and infinity are none."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    return json.loads(ended.out, parse_constant=refuse)


def blazemesh(
    *arguments: object, stdout: IO[bytes] | int, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """The command in a process of its own."""
    words = [sys.executable, "-m", "blazemesh", *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, env=env, check=False)


def test_help_lists_every_command(command: Command) -> None:
    ended = command("--help")
    assert (ended.code, ended.err) == (0, "")
    assert [name for name in COMMANDS if f"\n    {name} " in ended.out] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_that_it_takes(command: Command, name: str) -> None:
    ended = command(name, "--help")
    assert (ended.code, ended.err) == (0, "")
    example = ended.out.split("example:\n")[1].strip()
    words = shlex.split(example)
    assert words[:2] == ["blazemesh", name]
    assert cli._parser().parse_args(words[1:]).run


def test_the_version_is_told(command: Command) -> None:
    assert command("--version").out == "blazemesh 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "nonsense",
        "--json",
        "convert",
        "convert x.tflite",
        "convert x.tflite -o X.mlpackage --to keras",
        "convert x.tflite -o X.mlpackage --precision int8",
        "convert x.tflite -o X.mlpackage --target iOS15",
        "convert x.tflite -o X.mlpackage --input-range 0",
        "convert x.tflite -o X.mlpackage --input-range low high",
        "convert x.tflite y.tflite -o X.mlpackage",
        "verify X.mlpackage",
        "verify X.mlpackage --against x.tflite --cases many",
        "inspect",
        "inspect --depth 3 x.tflite",
        "predict X.mlpackage",
        "build --only",
        "build --jobs 2",
        "fetch FaceMesh",
    ],
)
def test_wrong_usage_ends_in_2(command: Command, arguments: str) -> None:
    ended = command(*arguments.split())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1].startswith("blazemesh")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("convert {tiny} -o {out} --input-range 1 0", "error: --input-range 1.0 0.0: expected two numbers"),
        ("convert {tiny} -o {out} --input-range nan 1", "error: --input-range nan 1.0: expected two numbers"),
        ("convert {tiny} -o {out} --input-range 0 inf", "error: --input-range 0.0 inf: expected two numbers"),
        ("verify {package} --against {tiny} --cases 0", "error: --cases 0: expected 1 to 100000"),
        ("verify {package} --against {tiny} --cases 100001", "error: --cases 100001: expected 1 to 100000"),
        ("build --only FaceMash --out {out}", "error: no package is named 'FaceMash'; expected one of BlazeFaceShortR"),
        ("demo --packages {out}", "error: no package at "),
    ],
)
def test_a_value_that_cannot_be_ends_in_one_line(
    command: Command, tiny: Path, tiny_package: Path, tmp_path: Path, arguments: str, said: str
) -> None:
    words = [word.format(tiny=tiny, package=tiny_package, out=tmp_path / "X.mlpackage") for word in arguments.split()]
    ended = command(*words)
    assert ended.code == 2
    assert ended.line.startswith(said)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.tflite"]


def test_json_is_all_that_is_on_standard_output(
    command: Command, tiny: Path, tiny_package: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    out = tmp_path / "X.mlpackage"
    converted = command("convert", tiny, "-o", out, "--json")
    assert document(converted)["passed"] is True
    assert {row["arithmetic"] for row in document(converted)["rows"]} == {"float32", "float16"}
    assert converted.err.splitlines()[1:] == [
        "  converted tiny.tflite (1 operators)",
        f"  {out}: agrees with its original",
    ]
    unverified = command("convert", tiny, "-o", out, "--no-verify", "--json")
    assert document(unverified) == {"package": "X.mlpackage", "rows": [], "notes": [], "failures": [], "passed": None}
    assert document(command("verify", out, "--against", tiny, "--cases", 2, "--json"))["rows"][0]["cases"] == 2
    assert document(command("inspect", out, "--json"))["kind"] == "mlpackage"
    assert document(command("inspect", tiny, "--json"))["kind"] == "tflite"
    assert np.shape(document(command("predict", out, tmp_path / "red.png", "--json"))["features"]) == (1, 8, 8, 4)
    for ended in (converted, unverified):
        assert ended.code == 0


def test_fetch_says_where_the_files_are(command: Command, models: dict[str, Path]) -> None:
    listed = document(command("fetch", "--json"))
    assert {item["name"]: Path(item["path"]) for item in listed} == models
    table = command("fetch")
    assert all(str(path) in table.out for path in models.values())
    assert table.err == ""


def test_without_json_there_is_a_table(command: Command, tiny: Path, tiny_package: Path, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    verified = command("verify", tiny_package, "--against", tiny, "--cases", 2)
    assert verified.out.startswith("output    oracle  executor")
    assert "features  litert  reference float16  2 (" in verified.out
    assert command("predict", tiny_package, tmp_path / "red.png").out.splitlines()[2].startswith("features  [1, 8, 8")
    assert "operator  count" in command("inspect", tiny).out


def test_a_frame_without_faces_is_a_row_of_nothing(command: Command, built: Path, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    ended = command("predict", built / "BlazeFaceShortRangeVision.mlpackage", tmp_path / "red.png")
    assert (ended.code, ended.err) == (0, "")
    assert [line.split() for line in ended.out.splitlines()[2:4]] == [
        ["confidence", "[0,", "80]", "-", "-", "-"],
        ["coordinates", "[0,", "4]", "-", "-", "-"],
    ]


@pytest.mark.parametrize("slots", ["0", "65", "-1"])
def test_slots_that_no_package_has_are_refused(command: Command, tmp_path: Path, slots: str) -> None:
    ended = command("build", "--out", tmp_path / "out", "--slots", slots)
    assert ended.code == 2
    assert ended.line == f"error: found {slots} slots, expected 1 to 64"
    assert not (tmp_path / "out").exists()


def test_what_is_not_finite_is_null_in_json(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {"a": float("nan"), "b": [float("inf"), 1.5, (float("-inf"), "×")]}
    monkeypatch.setattr(inspection, "inspect", lambda path: report)
    ended = command("inspect", "x", "--json")
    assert document(ended) == {"a": None, "b": [None, 1.5, [None, "×"]]}
    assert ended.out.isascii()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "error: found too little memory; "),
        (RecursionError("deep"), "error: a defect of this program, please report it: inspect.py, line "),
        (OverflowError("large"), "OverflowError: large"),
        (KeyError("missing"), "KeyError: 'missing'"),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), "UnicodeEncodeError: "),
        (OSError(28, "No space left on device", "out/x"), "error: cannot write 'out/x': the disk is full; "),
        (ValueError("two\nlines\x1b[31m\udcff"), r"ValueError: two\nlines\x1b[31m\udcff"),
    ],
)
def test_whatever_fails_is_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(path: Path) -> NoReturn:
        raise error

    monkeypatch.setattr(inspection, "inspect", fail)
    ended = command("inspect", "x")
    assert ended.code == 2
    assert said in ended.line


def test_a_failed_gate_is_a_line_for_each_failure_and_ends_in_1(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> NoReturn:
        raise GateError("one\ntwo")

    monkeypatch.setattr(inspection, "inspect", fail)
    ended = command("inspect", "x")
    assert (ended.code, ended.out, ended.err) == (1, "", "blazemesh: failed: one\nblazemesh: failed: two\n")


def test_an_interrupted_command_says_so(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(path: Path) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(inspection, "inspect", interrupt)
    ended = command("inspect", "x")
    assert (ended.code, ended.line) == (130, "interrupted; nothing half-done was left")


def test_a_reader_that_has_seen_enough_is_no_failure(tiny: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        ended = blazemesh("inspect", tiny, stdout=gone)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_verdict_stands_though_nobody_reads_it(tiny_package: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-c", FAILED_GATE]
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(words, cwd=ROOT, stdout=gone, stderr=gone, check=False)
    assert done.returncode == 1


FAILED_GATE = """
import sys
from blazemesh import cli, errors, inspection, terminal

def fail(path):
    for number in range(3):
        terminal.progress(f"step {number}")
        terminal.print_text("a line")
    raise errors.GateError("one")

inspection.inspect = fail
sys.argv = ["blazemesh", "inspect", "x"]
cli.entry_point()
"""


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_stream_is_no_failure(tiny: Path, closed: int) -> None:
    words = [sys.executable, "-m", "blazemesh", "convert", str(tiny), "-o", str(tiny.parent / "X.mlpackage"), "--json"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}>&-', "sh", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert bool(done.stdout) == (closed == 2)
    assert bool(done.stderr) == (closed == 1)
    if done.stdout:
        assert json.loads(done.stdout)["passed"]


def test_a_full_standard_output_is_said_once(tiny: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("wb") as full:
        ended = blazemesh("inspect", tiny, stdout=full)
    assert ended.returncode == 2
    assert (
        ended.stderr
        == b"blazemesh: error: cannot write a file: the disk is full; free some space or choose another folder\n"
    )


def test_names_that_are_no_text_are_shown(tmp_path: Path, tiny: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff.tflite"))
    plain = {**os.environ, "PYTHONIOENCODING": "ascii"}
    missing = blazemesh("inspect", odd, stdout=subprocess.PIPE, env=plain)
    assert missing.returncode == 2
    assert missing.stderr.count(b"\n") == 1
    assert rb"odd\udcff.tflite" in missing.stderr
    with contextlib.suppress(OSError):  # a Mac's file systems know no such names
        tiny.rename(odd)
        there = blazemesh("inspect", odd, stdout=subprocess.PIPE, env=plain)
        assert (there.returncode, there.stderr) == (0, b"")
        assert there.stdout.startswith(rb"odd\udcff.tflite: tflite")


BAD_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: None, ""),
    "folder": (Path.mkdir, ""),
    "text": (lambda path: path.write_text("no model\n"), "expected a .tflite model, found 9 bytes without"),
    "empty": (lambda path: path.write_bytes(b""), "expected a .tflite model, found an empty file"),
    "zip": (lambda path: path.write_bytes(b"PK\3\4" + bytes(100)), "found a zip archive"),
    "pointer": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\n"),
        "found a Git LFS pointer",
    ),
    "pipe": (os.mkfifo, "is a device or a pipe; expected a .tflite file"),
    "loop": (lambda path: path.symlink_to(path), ""),
}


@pytest.mark.parametrize("verb", ["convert", "inspect", "verify"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_model_is_refused(
    command: Command, nothing_left: Any, tiny_package: Path, tmp_path: Path, kind: str, verb: str
) -> None:
    make, said = BAD_FILES[kind]
    path = tmp_path / "bad.tflite"
    make(path)
    with nothing_left():
        ended = refused(command, verb, path, tiny_package)
    assert said in ended.line
    assert "bad.tflite" in ended.line


def refused(command: Command, verb: str, path: Path, package: Path) -> Ended:
    arguments: dict[str, list[object]] = {
        "convert": [path, "-o", path.parent / "new" / "X.mlpackage"],
        "inspect": [path],
        "verify": [package, "--against", path],
    }
    ended = command(verb, *arguments[verb])
    assert ended.code == 2
    return ended


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.97])
def test_a_truncated_model_is_refused(
    command: Command, nothing_left: Any, models: dict[str, Path], tiny_package: Path, tmp_path: Path, share: float
) -> None:
    data = models["FaceMesh"].read_bytes()
    path = tmp_path / "cut.tflite"
    path.write_bytes(data[: int(len(data) * share)])
    with nothing_left():
        for verb in ("convert", "inspect", "verify"):
            assert refused(command, verb, path, tiny_package).line.startswith("error: cut.tflite: broken")


@pytest.mark.parametrize("kind", ["missing", "file", "empty folder", "broken manifest", "another folder"])
def test_a_package_that_is_none_is_refused(
    command: Command, nothing_left: Any, tiny: Path, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "Bad.mlpackage"
    Image.new("RGB", (8, 8)).save(tmp_path / "black.png")
    if kind == "file":
        path.write_bytes(bytes(10))
    elif kind != "missing":
        path.mkdir()
        (path / {"broken manifest": "Manifest.json"}.get(kind, "other.txt")).write_text("[" * 100_000)
        if kind == "empty folder":
            (path / "other.txt").unlink()
    with nothing_left():
        for words in (["verify", path, "--against", tiny], ["predict", path, tmp_path / "black.png"]):
            ended = command(*words)
            assert ended.code == 2
            assert "Bad.mlpackage" in ended.line
        if kind != "file":
            assert command("inspect", path).code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["convert", "x.tflite"], "the following arguments are required: -o/--output"),
        (["convert", "x.tflite", "-o", "X.mlpackage", "--target", "iOS15"], "argument --target: invalid choice"),
        (["verify", "X.mlpackage", "--against", "x.tflite", "--cases", "many"], "argument --cases: invalid int value"),
        (["build", "--nothing"], "unrecognized arguments: --nothing"),
    ],
)
def test_wrong_arguments_are_one_line(command: Command, words: list[str], said: str) -> None:
    ended = command(*words)
    assert ended.code == 2
    assert ended.line.startswith(f"error: {said}")
    assert ended.line.endswith("--help")


def test_verify_refuses_an_original_that_could_not_be_converted(
    command: Command, tiny_package: Path, tmp_path: Path
) -> None:
    """LiteRT is not asked to run loops that may never end."""
    (tmp_path / "loop.tflite").write_bytes(small_model("WHILE"))
    ended = command("verify", tiny_package, "--against", tmp_path / "loop.tflite")
    assert ended.code == 2
    assert ended.line.startswith("error: loop.tflite: operator 1 WHILE (tensor 'unusual') is not supported")

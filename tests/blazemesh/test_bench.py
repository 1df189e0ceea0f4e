"""The benchmark's rows, and what it says where it can't measure."""

import subprocess
from pathlib import Path

import pytest

from blazemesh import bench, swift_bench, swift_package
from blazemesh.bench import convert_command, row
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.fetch import cached_path


def test_a_row_beside_its_peer_has_the_ratio() -> None:
    assert row("x", 3.0, "s", "x --y").ratio is None
    beside = row("x", 3.0, "s", "x --y", ("z", 2.0))
    assert (beside.peer, beside.peer_value, beside.ratio) == ("z", 2.0, 1.5)


def test_a_cache_that_cannot_be_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(SystemExit) as ending:
        bench.main()
    assert ending.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("bench: error: ")


def test_commands_can_be_run_as_they_stand(models: dict[str, Path]) -> None:
    model = load_catalog().model("IrisLandmarks")
    words = convert_command(model).split()
    assert words[:2] == ["blazemesh", "convert"]
    found = subprocess.run(["sh", "-c", f"ls {words[2]}"], capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == cached_path(model)


def fake_swift(folder: Path, script: str) -> None:
    """The only thing on PATH beside the shell."""
    path = folder / "swift"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, the only one on PATH; nothing is rendered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(swift_bench, "write_swift", lambda *_: ())
    (tmp_path / swift_package.OUT / "Benchmarks").mkdir(parents=True)
    return tmp_path


def test_the_swift_core_s_costs_stand_beside_their_goals(alone: Path) -> None:
    lines = [
        '{"name": "swift/frame_core", "nanoseconds": 5000, "allocations": 0}',
        '{"name": "swift/pose", "nanoseconds": 2500.5, "allocations": -1}',
    ]
    fake_swift(alone, "\n".join(f"echo '{line}'" for line in lines))
    rows = bench.swift_rows()
    assert [(r.name, r.value, r.unit, r.allocations) for r in rows] == [
        ("swift/frame_core", 5000, "ns", 0),
        ("swift/pose", 2500.5, "ns", -1),
    ]
    assert [(r.peer, r.ratio) for r in rows] == [("goal", 0.5), (None, None)]


def test_a_swift_benchmark_that_fails_is_one_line(alone: Path) -> None:
    fake_swift(alone, "echo 'error: no such module' >&2; exit 3")
    with pytest.raises(InputError, match=r"ended with 3 \(error: no such module\); run `make test`"):
        bench.swift_rows()


def test_without_swift_its_rows_are_left_out_aloud(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.swift_rows() == []
    assert "skipped: there is no swift on PATH" in capsys.readouterr().err

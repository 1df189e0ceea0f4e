"""The benchmark's rows, and what it says where it can't measure."""

import subprocess
from pathlib import Path

import pytest

from blazemesh import bench
from blazemesh.bench import convert_command, row
from blazemesh.catalog import load_catalog
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

import subprocess
from pathlib import Path

import pytest

from blazemesh.app_project import LIST
from swift_templates.app import render_app
from tests.ios_app.conftest import entries
from tests.ios_app.drift import committed, drift_findings

ROOT = Path(__file__).parents[2]
HOME = "ios_app"


def rendered() -> dict[str, bytes]:
    """What `make app` writes."""
    files = render_app(entries())
    return {**files, LIST: "".join(f"{path}\n" for path in files).encode()}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no git clone")
def test_git_has_what_is_rendered() -> None:
    assert drift_findings(committed(ROOT, HOME), rendered(), HOME) == []


def test_each_difference_is_a_line() -> None:
    kept = {"a": b"1", "b": b"2", "c": b"3"}
    assert drift_findings(kept, {"b": b"2", "c": b"4", "d": b""}, "x") == [
        "x/d is missing; run `make app` and commit it",
        "x/a is not rendered any more; run `make app` and commit it",
        "x/c is not what is rendered; run `make app` and commit it",
    ]


def test_what_counts_is_the_index(tmp_path: Path) -> None:
    """Not what Xcode wrote into a file since, such as the team."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True, timeout=60)

    (tmp_path / HOME / "inner").mkdir(parents=True)
    (tmp_path / HOME / "inner" / "a").write_text("1")
    git("init")
    git("add", "-A")
    (tmp_path / HOME / "inner" / "a").write_text("2")
    (tmp_path / HOME / "b").write_text("untracked")
    assert committed(tmp_path, HOME) == {"inner/a": b"1"}

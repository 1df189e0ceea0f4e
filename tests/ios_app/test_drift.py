import shutil
import subprocess
from pathlib import Path

import pytest

from blazemesh.app_project import LIST
from swift_templates.app import render_app
from tests.ios_app.conftest import Sample, entries
from tests.ios_app.drift import committed, drift_findings, lying

ROOT = Path(__file__).parents[2]
HOME = "ios_app"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on PATH")


def rendered() -> dict[str, bytes]:
    """What `make app` writes."""
    files = render_app(entries())
    return {**files, LIST: "".join(f"{path}\n" for path in files).encode()}


def test_the_folder_has_what_is_rendered() -> None:
    """Where there is no git, too; files that somebody added are theirs."""
    assert drift_findings(lying(ROOT / HOME, rendered()), rendered(), HOME) == []


@needs_git
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


def test_a_team_that_somebody_chose_is_no_difference_and_all_else_is(broken: Sample) -> None:
    files = render_app(entries())
    project = broken.file.relative_to(broken.home).as_posix()
    broken.replace("\t\t\t\tENABLE_PREVIEWS", "\t\t\t\tDEVELOPMENT_TEAM = A1B2C3D4E5;\n\t\t\t\tENABLE_PREVIEWS")
    assert drift_findings(lying(broken.home, files), files, HOME) == []
    broken.replace("objectVersion = 77", "objectVersion = 70")
    broken.privacy.unlink()
    assert drift_findings(lying(broken.home, files), files, HOME) == [
        f"{HOME}/BlazeMeshSample/PrivacyInfo.xcprivacy is missing; run `make app` and commit it",
        f"{HOME}/{project} is not what is rendered; run `make app` and commit it",
    ]


@needs_git
def test_what_counts_as_committed_is_the_index(tmp_path: Path) -> None:
    """Not what was written into a file since."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True, timeout=60)

    (tmp_path / HOME / "inner").mkdir(parents=True)
    (tmp_path / HOME / "inner" / "a").write_text("1")
    git("init")
    git("add", "-A")
    (tmp_path / HOME / "inner" / "a").write_text("2")
    (tmp_path / HOME / "b").write_text("untracked")
    assert committed(tmp_path, HOME) == {"inner/a": b"1"}

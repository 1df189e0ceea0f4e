import shutil
import subprocess
from pathlib import Path

import pytest

from blazemesh.app_project import LIST
from swift_templates.app import PROJECT, render_app
from tests.ios_app.conftest import entries
from tests.ios_app.drift import committed, drift_findings, on_disk, with_chosen_teams
from tests.swift_templates.test_teams import chosen

ROOT = Path(__file__).parents[2]
HOME = "ios_app"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on PATH")


def rendered() -> dict[str, bytes]:
    """What `make app` writes."""
    files = render_app(entries())
    return {**files, LIST: "".join(f"{path}\n" for path in files).encode()}


@needs_git
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no git clone")
def test_git_has_what_is_rendered() -> None:
    assert drift_findings(committed(ROOT, HOME), rendered(), HOME) == []


def test_the_folder_has_what_is_rendered_and_perhaps_a_team() -> None:
    """Where there is no git, too."""
    kept = on_disk(ROOT, HOME, rendered())
    assert drift_findings(kept, with_chosen_teams(rendered(), kept), HOME) == []


def test_a_team_counts_in_the_index_and_not_in_the_folder() -> None:
    files = rendered()
    team = {**files, PROJECT: chosen(files[PROJECT])}
    assert drift_findings(team, with_chosen_teams(files, team), HOME) == []
    named = [f"{HOME}/{PROJECT} is not what is rendered; run `make app` and commit it"]
    assert drift_findings(team, files, HOME) == named
    more = {**team, PROJECT: team[PROJECT].replace(b"objectVersion = 77", b"objectVersion = 60")}
    assert drift_findings(more, with_chosen_teams(files, more), HOME) == named


def test_the_folder_is_looked_at_where_something_is_rendered(tmp_path: Path) -> None:
    (tmp_path / HOME).mkdir()
    (tmp_path / HOME / "a").write_text("1")
    (tmp_path / HOME / "mine").write_text("2")
    assert on_disk(tmp_path, HOME, ["a", "b"]) == {"a": b"1"}


def test_each_difference_is_a_line() -> None:
    kept = {"a": b"1", "b": b"2", "c": b"3"}
    assert drift_findings(kept, {"b": b"2", "c": b"4", "d": b""}, "x") == [
        "x/d is missing; run `make app` and commit it",
        "x/a is not rendered any more; run `make app` and commit it",
        "x/c is not what is rendered; run `make app` and commit it",
    ]


@needs_git
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

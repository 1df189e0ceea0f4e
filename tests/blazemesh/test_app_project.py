import json
from pathlib import Path

import pytest

from blazemesh.app_project import LIST, write_app
from blazemesh.errors import InputError
from swift_templates.app import MODELS, NAME, PROJECT
from tests.blazemesh.test_swift_package import write
from tests.conftest import Command, files
from tests.swift_templates.manifests import mesh
from tests.swift_templates.test_teams import chosen


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A manifest with the models that the app uses."""
    folder = tmp_path / "packages"
    folder.mkdir()
    write(folder, [mesh(name) for name in MODELS])
    return folder


def test_writing_twice_changes_nothing(packages: Path, tmp_path: Path) -> None:
    out = tmp_path / "ios_app"
    changed = write_app(packages, out)
    before = files(out)
    assert len(changed) == len(before) > 10
    assert write_app(packages, out) == ()
    assert files(out) == before


def test_the_list_names_every_file(packages: Path, tmp_path: Path) -> None:
    out = tmp_path / "ios_app"
    write_app(packages, out)
    assert (out / LIST).read_text().splitlines() == sorted(files(out).keys() - {LIST})


def test_files_of_an_older_rendering_go_and_others_stay(packages: Path, tmp_path: Path) -> None:
    out = tmp_path / "ios_app"
    write_app(packages, out)
    old = [out / NAME / "Old" / "Old.swift", out / NAME / "Gone.swift"]
    outside = tmp_path / "outside.txt"
    others = [out / f"{NAME}.xcodeproj" / "xcuserdata" / "me" / "x.plist", out / NAME / "Mine.swift", outside]
    for path in (*old, *others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    listed = [*(path.relative_to(out).as_posix() for path in old), "../outside.txt", str(outside), "", "never/there"]
    (out / LIST).write_text((out / LIST).read_text() + "\n".join(listed))
    assert {*old, out / LIST} == set(write_app(packages, out))
    assert [path.exists() for path in (*old, *others)] == [False, False, True, True, True]
    assert not old[0].parent.exists()
    assert write_app(packages, out) == ()


def test_a_changed_file_is_written_anew(packages: Path, tmp_path: Path) -> None:
    out = tmp_path / "ios_app"
    write_app(packages, out)
    project = out / f"{NAME}.xcodeproj" / "project.pbxproj"
    project.write_text("{}")
    assert write_app(packages, out) == (project,)


def test_nothing_is_written_without_a_model_that_the_app_uses(packages: Path, tmp_path: Path) -> None:
    write(packages, [mesh(name) for name in MODELS[1:]])
    with pytest.raises(InputError, match=rf"manifest\.json has no {MODELS[0]}; the sample app needs it"):
        write_app(packages, tmp_path / "ios_app")
    assert not (tmp_path / "ios_app").exists()


def test_the_command_says_what_changed(packages: Path, tmp_path: Path, command: Command) -> None:
    out = tmp_path / "ios_app"
    ended = command("app", "--packages", packages, "--out", out)
    assert (ended.code, ended.err, ended.out) == (0, "", f"{out}: {len(files(out))} files changed\n")
    assert command("app", "--packages", packages, "--out", out).out == f"{out}: 0 files changed\n"
    (packages / "manifest.json").write_text(json.dumps({"schema": 1, "models": []}))
    assert command("app", "--packages", packages, "--out", out).code == 2


def test_the_team_that_was_chosen_stays(packages: Path, tmp_path: Path) -> None:
    out = tmp_path / "ios_app"
    write_app(packages, out)
    project = out / PROJECT
    fresh = project.read_bytes()
    with_team = chosen(fresh)
    project.write_bytes(with_team)
    assert write_app(packages, out) == ()
    project.write_bytes(with_team.replace(b"objectVersion = 77", b"objectVersion = 60"))
    assert write_app(packages, out) == (project,)
    assert project.read_bytes() == with_team
    assert b"DEVELOPMENT_TEAM = " not in fresh

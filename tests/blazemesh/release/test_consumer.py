"""What an app's developer does with the release, as far as Linux goes: resolve it by URL, build with it, run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from blazemesh import __version__
from blazemesh.release import Tree
from blazemesh.release.making import write_release
from tests.blazemesh.release.consumer import write_consumer
from tests.swift_templates.toolchain import SCRATCH, needs

NOBODY = "http://127.0.0.1:9"
"""A proxy that isn't there: whoever asks the network fails."""
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOBODY) | {"GIT_ALLOW_PROTOCOL": "file"}


def git(repository: Path, *arguments: str, **variables: str) -> str:
    command = ["git", f"--git-dir={repository}", *arguments]
    environment = {**os.environ, **OFFLINE, **variables}
    return subprocess.run(command, env=environment, text=True, capture_output=True, timeout=60, check=True).stdout


def tag_the_toolchain(repository: Path) -> None:
    """Tag a commit as this repository's own history has it, without a Swift package, with v and the version."""
    empty = git(repository, "hash-object", "-t", "tree", "-w", "/dev/null").strip()
    people = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    commit = git(repository, "commit-tree", empty, "-m", "the toolchain", **people).strip()
    git(repository, "update-ref", f"refs/tags/v{__version__}", commit)


@needs()
@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on PATH")
def test_a_package_resolves_it_by_url_builds_and_finds_a_model(release: Tree, built: Path, tmp_path: Path) -> None:
    write_release(release, tmp_path / "release")
    repository = tmp_path / "release" / "BlazeMesh.git"
    tag_the_toolchain(repository)
    write_consumer(tmp_path / "app", repository.as_uri(), __version__)
    folders = {"scratch": SCRATCH / "consumer", **{name: tmp_path / name for name in ("cache", "config", "security")}}
    flags = [f"--{name}-path={path}" for name, path in folders.items()]
    command = ["swift", "run", f"--package-path={tmp_path / 'app'}", *flags, "--manifest-cache", "none", "Consumer"]
    shutil.rmtree(SCRATCH / "consumer", ignore_errors=True)
    ended = subprocess.run(
        command, env={**os.environ, **OFFLINE}, text=True, capture_output=True, timeout=600, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "warning:" not in ended.stdout + ended.stderr
    size = (built / "FaceMesh.mlpackage" / "Data" / "com.apple.CoreML" / "weights" / "weight.bin").stat().st_size
    assert ended.stdout.split()[-3:] == ["FaceMesh", "468", str(size)]

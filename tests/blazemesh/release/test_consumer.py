"""What an app's developer does with the release, as far as Linux goes: resolve it by URL, build with it, run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from blazemesh import __version__
from blazemesh.release import Tree
from blazemesh.release.making import write_release
from tests.blazemesh.release.consumer import write_consumer
from tests.swift_templates.toolchain import SCRATCH, needs

ROOT = Path(__file__).parents[3]
NOBODY = "http://127.0.0.1:9"
"""A proxy that isn't there: whoever asks the network fails."""
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOBODY) | {"GIT_ALLOW_PROTOCOL": "file"}


def run(*command: object, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **OFFLINE, **variables}
    arguments = [str(part) for part in command]
    return subprocess.run(
        arguments, cwd=folder, env=environment, text=True, capture_output=True, timeout=600, check=False
    )


def host_the_toolchain(folder: Path) -> None:
    """A repository as the toolchain's own: without a Swift package, its commit tagged with v and the version."""
    people = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    folder.mkdir(parents=True)
    assert run("git", "init", "--quiet", "--bare", folder=folder).returncode == 0
    empty = run("git", "hash-object", "-t", "tree", "-w", "/dev/null", folder=folder).stdout.strip()
    commit = run("git", "commit-tree", empty, "-m", "the toolchain", folder=folder, **people).stdout.strip()
    assert run("git", "update-ref", f"refs/tags/v{__version__}", commit, folder=folder).returncode == 0


def push_as_the_workflow_does(folder: Path, hosted: Path) -> None:
    """Run the step of release.yml in `folder`, twice, as a job may be run again; `gh` only says yes."""
    workflow = YAML(typ="safe", pure=True).load(ROOT / ".github" / "workflows" / "release.yml")
    steps = workflow["jobs"]["publish"]["steps"]
    script = next(step["run"] for step in steps if "git" in step["run"].split())
    (folder / "bin").mkdir()
    (folder / "bin" / "gh").write_text("#!/bin/sh\n")
    (folder / "bin" / "gh").chmod(0o755)
    variables = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "GITHUB_SERVER_URL": hosted.parent.as_uri(),
        "GITHUB_REPOSITORY": hosted.name,
        "TAG": f"v{__version__}",
    }
    for _ in range(2):
        ended = run("bash", "-eo", "pipefail", "-c", script, folder=folder, **variables)
        assert ended.returncode == 0, ended.stderr


@needs()
@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on PATH")
def test_a_package_resolves_it_by_url_builds_and_finds_a_model(release: Tree, built: Path, tmp_path: Path) -> None:
    write_release(release, tmp_path / "build" / "release")
    hosted = tmp_path / "hosted" / "BlazeMesh"
    host_the_toolchain(hosted)
    push_as_the_workflow_does(tmp_path, hosted)
    write_consumer(tmp_path / "app", hosted.as_uri(), __version__)
    shutil.rmtree(SCRATCH / "consumer", ignore_errors=True)
    folders = {"scratch": SCRATCH / "consumer", **{name: tmp_path / name for name in ("cache", "config", "security")}}
    flags = [f"--{name}-path={path}" for name, path in folders.items()]
    ended = run(
        "swift", "run", *flags, "--manifest-cache", "none", "--disable-index-store", "Consumer", folder=tmp_path / "app"
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "warning:" not in ended.stdout + ended.stderr
    size = (built / "FaceMesh.mlpackage" / "Data" / "com.apple.CoreML" / "weights" / "weight.bin").stat().st_size
    assert ended.stdout.split()[-3:] == ["FaceMesh", "468", str(size)]

"""The hosted workflows: what three judges and we ourselves ask of them, and that each asks it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from blazemesh.options import PACKAGES
from blazemesh.release.__main__ import OUT

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
RELEASE = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))

PINS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/cache": ("27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    "actions/attest-build-provenance": ("a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32", "v4.1.0"),
}
"""The actions that may be used, each at the commit that its tag named in its own repository in November 2026."""

UPLOADS = {
    "build/mac.json": "mac",
    "build/mac.html": "mac",
    "build/mac/logs/": "mac",
    f"{PACKAGES}/": "mac",  # which begins with make coreml
    "build/report.html": "report",
    f"{OUT}/": "release",
}
"""The make target that writes what is uploaded."""

BIN = Path(sys.executable).parent
SCHEMA, AUDIT, LINT = "check-jsonschema", "zizmor", "actionlint"
JUDGES: Mapping[str, tuple[str, ...]] = {
    SCHEMA: ("--builtin-schema", "vendor.github-workflows", "--output-format", "json"),
    AUDIT: ("--offline", "--no-progress", "--pedantic"),
    LINT: ("-no-color",),  # which runs the shellcheck on PATH
}
NOBODY = "http://127.0.0.1:9"
"""A proxy that isn't there: a judge that asks the network fails."""


def judge(name: str, *workflows: Path) -> subprocess.CompletedProcess[str]:
    proxies = {variant: NOBODY for kind in ("http", "https", "all") for variant in (f"{kind}_proxy", f"{kind}_PROXY")}
    environment = {key: value for key, value in os.environ.items() if "TOKEN" not in key}
    environment |= {**{key.upper(): value for key, value in proxies.items()}, **proxies, "PATH": f"{BIN}:/usr/bin:/bin"}
    command = [str(BIN / name), *JUDGES[name], *map(str, workflows)]
    return subprocess.run(command, env=environment, text=True, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("name", JUDGES)
def test_every_judge_accepts_every_workflow(name: str) -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]
    ended = judge(name, *WORKFLOWS)
    assert ended.returncode == 0, ended.stdout + ended.stderr


STEP = "      - run: make applecheck\n"
MISTAKES = {
    "step key": (CI, "- run: make applecheck", "- rum: make applecheck", {SCHEMA, AUDIT, LINT}),
    "job key": (CI, "    timeout-minutes: 15", "    timeout-minute: 15", {SCHEMA, LINT}),
    "top key": (CI, "concurrency:", "concurency:", {SCHEMA, AUDIT, LINT}),
    "unpinned action": (CI, f"checkout@{PINS['actions/checkout'][0]}", "checkout@v7", {AUDIT}),
    "template injection": (CI, STEP, "      - run: make ${{ github.head_ref }}\n", {AUDIT, LINT}),
    "injected tag": (RELEASE, '"$TAG" --verify', '"${{ github.ref_name }}" --verify', {AUDIT}),
    "write permissions": (CI, "contents: read", "contents: write", {AUDIT}),
    "credentials": (CI, "persist-credentials: false", "persist-credential: false", {AUDIT}),
    "unknown needs": (RELEASE, "needs: build", "needs: bild", {LINT}),
    "runner label": (CI, "runs-on: macos-26", "runs-on: macos-62", {LINT}),
    "expression": (CI, "${{ matrix.python }}", "${{ matrix.pyton }}", {LINT}),
    "broken shell": (CI, STEP, "      - run: if true; then make\n", {LINT}),
    "unquoted shell": (CI, STEP, '      - run: cd "$X" && rm -rf $X/*\n', {LINT}),
    "the one exception": (CI, " # zizmor: ignore[unpinned-images]", "", {AUDIT}),
}
"""A workflow, what is replaced in a copy of it, by what, and who must refuse that."""


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The broken copies."""
    paths = {}
    for name, (text, old, new, _) in MISTAKES.items():
        paths[name] = tmp_path_factory.mktemp(name.replace(" ", "-")) / ".github" / "workflows" / "x.yml"
        paths[name].parent.mkdir(parents=True)
        paths[name].write_text(text.replace(old, new, 1), encoding="utf-8")
    return paths


@pytest.fixture(scope="module")
def without_schema(copies: dict[str, Path]) -> set[str]:
    """The copies that the schema refuses, asked at once, as each run of its judge takes two seconds."""
    told = json.loads(judge(SCHEMA, *copies.values()).stdout)
    refused = {Path(error["filename"]) for error in told["errors"]}
    return {name for name, path in copies.items() if path in refused}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_by_those_that_look_for_it(
    name: str, copies: dict[str, Path], without_schema: set[str]
) -> None:
    text, old, _, _ = MISTAKES[name]
    if old not in text:
        pytest.fail(f"the workflow has {old!r} no more; make the mistake elsewhere")
    refusing = {other for other in (AUDIT, LINT) if judge(other, copies[name]).returncode != 0}
    assert refusing | ({SCHEMA} if name in without_schema else set()) == MISTAKES[name][3]


def load(text: str) -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return document


def violations(text: str) -> list[str]:
    """What breaks our own rules in a workflow."""
    workflow = load(text)
    wrong = [] if workflow.get("permissions") == {"contents": "read"} else ["its permissions are not contents: read"]
    if "concurrency" not in workflow:
        wrong.append("it has no concurrency")
    used = re.findall(r"uses: (\S+?)@(\S+)(?: # (\S+))?$", text, re.MULTILINE)
    wrong += [f"{name} is not at a pin of ours" for name, *pin in used if PINS.get(name) != tuple(pin)]
    if len(used) != sum("uses" in part for job in workflow["jobs"].values() for part in (job, *job["steps"])):
        wrong.append("it uses an action in a form of its own")
    for name, job in workflow["jobs"].items():
        wrong += [f"{name}: {problem}" for problem in job_violations(job)]
    return wrong


def job_violations(job: dict[str, Any]) -> Iterator[str]:
    if not 0 < job.get("timeout-minutes", 0) <= 60:
        yield "it has no timeout of an hour or less"
    commands = [step["run"] for step in job["steps"] if "run" in step]
    called = {target for command in commands for target in re.findall(r"^make ([a-z-]+)", command, re.MULTILINE)}
    yield from (f"there is no make {target}" for target in sorted(called - TARGETS))
    for path in uploaded(job):
        if UPLOADS.get(path) not in called:
            yield f"nothing that it makes writes {path}"


def uploaded(job: dict[str, Any]) -> list[str]:
    steps = [step for step in job["steps"] if step.get("uses", "").startswith("actions/upload-artifact@")]
    return [path for step in steps for path in step["with"]["path"].split()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_breaks_our_own_rules(workflow: Path) -> None:
    assert violations(workflow.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("permissions:\n  contents: read\n", "", "its permissions are not contents: read"),
        (re.search("concurrency:\n.*\n.*\n", CI), "", "it has no concurrency"),
        (PINS["actions/cache"][0], "0" * 40, "actions/cache is not at a pin of ours"),
        ("# v7.0.1", "# v7.0.0", "actions/checkout is not at a pin of ours"),
        ("actions/cache@", "somebody/cache@", "somebody/cache is not at a pin of ours"),
        ("- uses: actions/cache@", '- "uses": actions/cache@', "it uses an action in a form of its own"),
        ("    timeout-minutes: 60\n", "", "mac: it has no timeout of an hour or less"),
        ("make applecheck", "make applechek", "swift: there is no make applechek"),
        ("build/mac.html", "build/mac.htm", "mac: nothing that it makes writes build/mac.htm"),
        ("- run: make mac", "- run: make test", "mac: nothing that it makes writes build/mac.json"),
    ],
)
def test_a_broken_rule_is_told(old: str | re.Match[str], new: str, told: str) -> None:
    text = old if isinstance(old, str) else old[0]
    assert text in CI
    assert told in violations(CI.replace(text, new, 1))


def test_what_is_uploaded_is_what_the_makefile_says() -> None:
    for path, target in UPLOADS.items():
        said = re.search(rf"^{target}:.*## .*$", MAKEFILE, re.MULTILINE)
        assert said, target
        assert path == f"{PACKAGES}/" or path.rstrip("/") in said[0]


def jobs_with(permission: Callable[[str], bool]) -> dict[str, set[str]]:
    jobs = load(RELEASE)["jobs"].items()
    return {name: set(filter(permission, job.get("permissions", {}))) for name, job in jobs}


def test_only_who_attests_may_sign_and_only_who_publishes_may_write() -> None:
    signing = {"id-token", "attestations"}
    assert jobs_with(signing.__contains__) == {"build": set(), "attest": signing, "publish": set()}
    assert jobs_with("contents".__eq__) == {"build": set(), "attest": set(), "publish": {"contents"}}


def test_the_release_is_checked_against_its_tag_before_anything_is_published() -> None:
    workflow = load(RELEASE)
    build = workflow["jobs"]["build"]["steps"]
    assert {"run": "make release", "env": {"TAG": "${{ github.ref_name }}"}} in build
    assert build.index({"run": "make release-check"}) < len(build) - 1
    assert workflow["jobs"]["publish"]["needs"] == ["build", "attest"]
    assert workflow["on"] == {"push": {"tags": ["v*"]}}
    assert "actions/cache" not in RELEASE

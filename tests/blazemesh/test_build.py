"""What a build does, when it does nothing, and what it leaves when it is killed: mostly with packages built before."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from blazemesh import build as building
from blazemesh import key
from blazemesh.build import Built, Job, build, build_one
from blazemesh.catalog import Catalog, load_catalog
from blazemesh.errors import GateError, InputError
from blazemesh.manifest import package_digest, read_manifest
from blazemesh.options import BuildOptions
from blazemesh.staging import staging
from converters.errors import ConversionError
from tests.conftest import ROOT, Command, files, listing
from verification.limits import Limit

NAMES = [product.name for product in load_catalog().products]
FIRST = [product.name for product in load_catalog().products if product.model.name == "BlazeFaceShortRange"]
"""The packages of the first model."""


class InProcess:
    """Workers' stand-in: does a task when it is submitted, and keeps what it was."""

    def __init__(self) -> None:
        self.built: list[str] = []

    @contextmanager
    def workers(self, tasks: int) -> Iterator["InProcess"]:
        yield self

    def submit(self, function: Any, argument: Any) -> "Future[Any]":
        self.built.append(argument.product.name)
        future: Future[Any] = Future()
        try:
            future.set_result(function(argument))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch, built: Path) -> InProcess:
    """Builds take packages out of `built` instead of converting, in this process."""

    def copy(job: Job) -> Built:
        entry = read_manifest(built).entry(job.product.name)
        assert entry is not None
        shutil.copytree(built / entry["package"], job.folder / entry["package"])
        return Built({**entry, "key": job.key}, (), 0.1)

    pool = InProcess()
    monkeypatch.setattr("blazemesh.workers.workers", pool.workers)
    monkeypatch.setattr(building, "build_one", copy)
    return pool


@pytest.fixture
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def out(pool: InProcess, catalog: Catalog, tmp_path: Path) -> Path:
    """A folder in which everything is built."""
    build(catalog, tmp_path / "out")
    assert sorted(pool.built) == sorted(NAMES)
    pool.built.clear()
    return tmp_path / "out"


def assert_complete(out: Path) -> None:
    """Every package in the folder is the manifest's, and nothing else is there."""
    manifest = read_manifest(out)
    assert {entry["package"]: entry["sha256"] for entry in manifest.models} == {
        path.name: package_digest(path)[0] for path in out.glob("*.mlpackage")
    }
    assert {path.name for path in out.iterdir()} == {*(e["package"] for e in manifest.models), "manifest.json"}


def test_everything_is_built_and_listed(out: Path, catalog: Catalog, built: Path) -> None:
    manifest = read_manifest(out)
    assert [entry["name"] for entry in manifest.models] == NAMES
    assert_complete(out)
    assert files(out) == files(built)


def test_a_second_build_does_nothing(out: Path, pool: InProcess, catalog: Catalog) -> None:
    before = listing(out)
    lines: list[str] = []
    assert build(catalog, out, progress=lines.append) == read_manifest(out)
    assert listing(out) == before
    assert (pool.built, lines) == ([], [])


def test_force_builds_again(out: Path, pool: InProcess, catalog: Catalog) -> None:
    build(catalog, out, force=True)
    assert sorted(pool.built) == sorted(NAMES)
    assert_complete(out)


def test_another_source_is_built_again(out: Path, pool: InProcess, catalog: Catalog) -> None:
    models = tuple(replace(m, licence="MIT") if m.name == "FaceMesh" else m for m in catalog.models)
    build(replace(catalog, models=models), out)
    assert pool.built == ["FaceMesh"]
    assert_complete(out)


@pytest.mark.parametrize("changed", [{"target": "iOS17"}, {"slots": 4}, {"plain_vision": True}, {"expand_prelu": True}])
def test_other_options_build_all_again(out: Path, pool: InProcess, catalog: Catalog, changed: dict[str, Any]) -> None:
    build(catalog, out, options=BuildOptions(**changed))
    assert sorted(pool.built) == sorted(NAMES)


def test_other_code_builds_all_again(
    out: Path, pool: InProcess, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key, "DEPENDENCIES", (*key.DEPENDENCIES, "pytest"))
    build(catalog, out)
    assert sorted(pool.built) == sorted(NAMES)


@pytest.mark.parametrize("damage", ["changed", "missing file", "added file", "missing", "a file"])
def test_a_package_changed_on_disk_is_built_again(
    out: Path, pool: InProcess, catalog: Catalog, built: Path, damage: str
) -> None:
    package = out / "FaceMesh.mlpackage"
    if damage == "changed":
        weights = package / "Data/com.apple.CoreML/weights/weight.bin"
        weights.write_bytes(weights.read_bytes()[:-1] + b"\xff")
    elif damage == "missing file":
        (package / "Manifest.json").unlink()
    elif damage == "added file":
        os.mkfifo(package / "pipe")
    else:
        shutil.rmtree(package)
        if damage == "a file":
            package.touch()
    build(catalog, out)
    assert pool.built == ["FaceMesh"]
    assert files(out) == files(built)


def broken_manifests(text: str) -> Iterator[bytes]:
    """Manifests that can't be relied on, out of a right one."""
    document = json.loads(text)
    yield from (b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"null", text.encode()[:-20])
    yield json.dumps({**document, "schema": 2}).encode()
    yield json.dumps({**document, "models": {}}).encode()
    for name, value in (
        ("name", 1),
        ("package", "../x.mlpackage"),
        ("package", ".."),
        ("parity", [{}]),
        ("sha256", None),
    ):
        yield json.dumps({**document, "models": [{**document["models"][0], name: value}]}).encode()


def test_a_manifest_that_cannot_be_relied_on_is_made_again(pool: InProcess, catalog: Catalog, tmp_path: Path) -> None:
    out, catalog = tmp_path / "out", replace(catalog, models=catalog.models[:1])
    build(catalog, out)
    pool.built.clear()
    right = (out / "manifest.json").read_bytes()
    for broken in broken_manifests(right.decode()):
        (out / "manifest.json").write_bytes(broken)
        with pytest.raises(InputError, match=r"manifest\.json.*run `make coreml`$"):
            read_manifest(out)
        build(catalog, out)
        assert sorted(pool.built) == sorted(FIRST), broken[:100]
        assert (out / "manifest.json").read_bytes() == right
        pool.built.clear()
        assert_complete(out)


def test_only_keeps_the_others(out: Path, pool: InProcess, catalog: Catalog) -> None:
    build(catalog, out, only=["IrisLandmarks", "FaceMesh", "IrisLandmarks"], force=True)
    assert sorted(pool.built) == ["FaceMesh", "IrisLandmarks"]
    assert [entry["name"] for entry in read_manifest(out).models] == NAMES


def test_only_builds_no_others(pool: InProcess, catalog: Catalog, tmp_path: Path) -> None:
    manifest = build(catalog, tmp_path / "out", only=["FaceMesh"])
    assert pool.built == ["FaceMesh"]
    assert [entry["name"] for entry in manifest.models] == ["FaceMesh"]
    assert_complete(tmp_path / "out")


def test_a_package_that_is_gone_is_not_listed(out: Path, pool: InProcess, catalog: Catalog) -> None:
    shutil.rmtree(out / "FaceMesh.mlpackage")
    build(catalog, out, only=["IrisLandmarks"])
    assert pool.built == []
    assert [entry["name"] for entry in read_manifest(out).models] == [n for n in NAMES if n != "FaceMesh"]


def test_a_model_that_is_no_longer_in_the_catalogue_is_not_listed(out: Path, pool: InProcess, catalog: Catalog) -> None:
    build(replace(catalog, models=catalog.models[1:]), out)
    assert pool.built == []
    assert [entry["name"] for entry in read_manifest(out).models] == NAMES[len(FIRST) :]


def test_an_unknown_name_lists_the_known_ones(command: Command, tmp_path: Path) -> None:
    ended = command("build", "--out", tmp_path / "out", "--only", "FaceMesh", "Mesh")
    assert ended.code == 2
    assert ended.line.endswith(f"'Mesh'; expected one of {', '.join(NAMES)}")
    assert not list(tmp_path.iterdir())


def test_what_is_not_built_is_taken_along_when_the_wheel_is_downloaded(
    pool: InProcess,
    catalog: Catalog,
    models: dict[str, Path],
    samples: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[str]] = []

    def from_wheel(wheel: object, wanted: list[Any], progress: object) -> None:
        asked.append([model.name for model in wanted])
        for model in wanted:
            path = tmp_path / "cache" / "blazemesh" / model.sha256 / model.file
            path.parent.mkdir(parents=True)
            shutil.copy({**models, **samples}[model.name], path)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("blazemesh.fetch._from_wheel", from_wheel)
    build(catalog, tmp_path / "out")
    assert asked == [[*models, *samples]]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_no_package_is_not_overwritten(pool: InProcess, catalog: Catalog, tmp_path: Path, kind: str) -> None:
    foreign = tmp_path / "out" / "FaceMesh.mlpackage"
    foreign.mkdir(parents=True)
    (foreign / "mine").touch()
    if kind == "file":
        shutil.rmtree(foreign)
        foreign.touch()
    before = listing(tmp_path)
    with pytest.raises(InputError, match=r"FaceMesh\.mlpackage' is there and is no \.mlpackage; move it"):
        build(catalog, tmp_path / "out")
    assert listing(tmp_path) == before
    assert pool.built == []


def test_what_fails_is_not_published_and_what_is_good_is(
    pool: InProcess, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    copy = building.build_one

    def fail(job: Job) -> Built:
        made = copy(job)
        return (
            replace(made, failures=("FaceMesh: landmarks off", "FaceMesh: presence off"))
            if (job.product.name == "FaceMesh")
            else made
        )

    monkeypatch.setattr(building, "build_one", fail)
    ended = command("build", "--out", tmp_path / "out", "--json")
    assert ended.code == 1
    assert ended.err.splitlines()[-2:] == [
        "blazemesh: failed: FaceMesh: landmarks off",
        "blazemesh: failed: FaceMesh: presence off",
    ]
    document = json.loads(ended.out)
    assert [entry["name"] for entry in document["models"]] == [n for n in NAMES if n != "FaceMesh"]
    assert document["failures"] == ["FaceMesh: landmarks off", "FaceMesh: presence off"]
    assert not (tmp_path / "out" / "FaceMesh.mlpackage").exists()
    assert_complete(tmp_path / "out")
    pool.built.clear()
    with pytest.raises(GateError):
        build(catalog, tmp_path / "out")
    assert pool.built == ["FaceMesh"]


def test_what_fails_leaves_the_package_that_was_there(
    out: Path, catalog: Catalog, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = building.build_one
    monkeypatch.setattr(building, "build_one", lambda job: replace(copy(job), failures=("off",)))
    with pytest.raises(GateError):
        build(catalog, out, force=True)
    assert files(out) == files(built)


def test_a_worker_judges_and_names_the_operator(
    models: dict[str, Path], catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verification.judge.limit", lambda *_: Limit(1e-9))
    monkeypatch.setattr("verification.judge.Judge.first_divergence", lambda judge, case: "operator 7 NAMED")
    with staging(tmp_path / "out") as folder:
        product = catalog.product("BlazeFaceShortRangeProposals")
        made = build_one(Job(product, models["BlazeFaceShortRange"], folder, "key", BuildOptions()))
    assert len(made.failures) == 8, "two outputs and two raw ones, each in two arithmetics"
    assert made.failures[0].startswith("BlazeFaceShortRangeProposals.mlpackage: landmarks is off by ")
    assert made.failures[2].startswith("BlazeFaceShortRangeProposals.mlpackage: regressors is off by ")
    assert made.failures[0].endswith("first to diverge: operator 7 NAMED")


@pytest.mark.parametrize("error", [ConversionError("no"), OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_build_that_is_broken_off_leaves_nothing(
    pool: InProcess, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def break_off(job: Job) -> Built:
        (job.folder / "half").mkdir(exist_ok=True)
        raise error

    monkeypatch.setattr(building, "build_one", break_off)
    with pytest.raises(type(error)) as caught:
        build(catalog, tmp_path / "deep" / "out")
    assert not list(tmp_path.iterdir())
    if isinstance(error, OSError):
        assert caught.value.filename == str(tmp_path / "deep" / "out")  # type: ignore[attr-defined]


def test_no_network_and_an_empty_cache_is_one_line(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    ended = command("build", "--out", tmp_path / "new" / "out")
    assert ended.code == 2
    assert ended.err.splitlines()[0].startswith("  downloading mediapipe==0.10.21 (35.6 MB, once) for 14 of its models")
    assert ended.err.splitlines()[1:] == [
        "blazemesh: error: cannot download mediapipe==0.10.21: no package index that has it could be reached; connect "
        "to one, or pass --models DIR with the .tflite files"
    ]
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["cache", "cache/blazemesh"]


@pytest.mark.parametrize("name", ["FaceMesh", "IrisLandmarks"])
def test_a_wrong_hash_is_one_line(command: Command, models: dict[str, Path], tmp_path: Path, name: str) -> None:
    source = tmp_path / "models"
    source.mkdir()
    for path in models.values():
        shutil.copy(path, source)
    wrong = source / models[name].name
    wrong.write_bytes(wrong.read_bytes()[:-1] + b"?")
    ended = command("build", "--out", tmp_path / "out", "--models", source)
    assert ended.code == 2
    assert ended.line.startswith(f"error: {name}: wrong hash: found SHA-256 ")
    assert not (tmp_path / "out").exists()


def test_another_build_in_the_same_folder_is_refused(
    pool: InProcess, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    copy = building.build_one

    def wait(job: Job) -> Built:
        begun.set()
        assert go_on.wait(10)
        return copy(job)

    monkeypatch.setattr(building, "build_one", wait)
    first = threading.Thread(target=build, args=(catalog, tmp_path / "out"))
    first.start()
    assert begun.wait(10)
    with pytest.raises(InputError, match=r"another build is running in .*; wait for it or choose --out"):
        build(catalog, tmp_path / "out")
    go_on.set()
    first.join()
    assert [entry["name"] for entry in read_manifest(tmp_path / "out").models] == NAMES
    assert_complete(tmp_path / "out")


def test_what_another_build_made_in_the_meantime_is_kept(
    pool: InProcess, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = building._alone

    def late(folder: Path) -> Any:
        monkeypatch.setattr(building, "_alone", alone)
        build(catalog, folder, only=["IrisLandmarks"])
        return alone(folder)

    monkeypatch.setattr(building, "_alone", late)
    build(catalog, tmp_path / "out", only=["FaceMesh"])
    assert pool.built == ["IrisLandmarks", "FaceMesh"]
    assert [entry["name"] for entry in read_manifest(tmp_path / "out").models] == ["FaceMesh", "IrisLandmarks"]


# A build of packages that were built before, which kills itself just before its n-th change of the file system.
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from tests.blazemesh import test_build as tests
from blazemesh import build as building, workers
from blazemesh.catalog import load_catalog
from blazemesh.manifest import read_manifest
out, built, left = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def copy(job):
    entry = read_manifest(built).entry(job.product.name)
    shutil.copytree(built / entry["package"], job.folder / entry["package"])
    return building.Built({**entry, "key": job.key}, (), 0.1)

def counted(event, arguments):
    global left
    if event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree") or (
        event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    ):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

workers.workers, building.build_one = tests.InProcess().workers, copy
sys.addaudithook(counted)
building.build(load_catalog(), out, only=["FaceMesh", "IrisLandmarks"], force=True)
print(left)
"""


def killed_build(out: Path, built: Path, moment: int) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-c", KILLED, out, built, moment, ROOT]
    return subprocess.run([*map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_build_killed_before_any_change_of_the_files_leaves_only_whole_packages(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    whole = files(built)
    whole = {name: data for name, data in whole.items() if name.startswith(("FaceMesh.", "IrisLandmarks."))}
    changes = 1_000_000 - int(killed_build(out, built, 1_000_000).stdout)
    assert changes > 20
    assert_complete(out)
    for moment in range(1, changes + 1, 9):
        ended = killed_build(out, built, moment)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        visible = {name: data for name, data in files(out).items() if name.startswith(("FaceMesh.", "IrisLandmarks."))}
        packages = {name.split("/")[0] for name in visible}
        assert visible == {name: data for name, data in whole.items() if name.split("/")[0] in packages}
        read_manifest(out)
    assert list(out.glob(".blazemesh-*"))
    assert killed_build(out, built, 1_000_000).returncode == 0
    assert_complete(out)


def test_a_real_build_killed_leaves_no_workers_and_the_next_one_is_right(
    built: Path, tmp_path: Path, models: dict[str, Path]
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "blazemesh", "build", "--out", str(out), "--only", "BlazeFaceShortRange", "--json"]
    for pause in (0.3, 0.7, 1.2, 1.8):
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            time.sleep(pause)
            process.kill()
            process.communicate(timeout=5)  # the workers inherited the pipes: they end when the last of them does
        assert not [path for path in out.glob("*.mlpackage") if not (path / "Manifest.json").is_file()]
    shutil.rmtree(out / "BlazeFaceShortRange.mlpackage", ignore_errors=True)  # a fast machine had it finished
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert_complete(out)
    ours = {name: data for name, data in files(built).items() if name.startswith("BlazeFaceShortRange.")}
    assert {name: data for name, data in files(out).items() if name != "manifest.json"} == ours
    document = json.loads(done.stdout)
    assert document["models"] == list(read_manifest(out).models)
    (line,) = done.stderr.splitlines()
    assert line.startswith("  [1/1] BlazeFaceShortRange: converted and verified in ")


WRITE_ALL = """
import sys
from pathlib import Path
from blazemesh.catalog import load_catalog
from blazemesh.options import BuildOptions
from blazemesh.packages import read_model, write_product
for argument in sys.argv[2:]:
    name, source = argument.split("=")
    package = Path(sys.argv[1], f"{name}.mlpackage")
    write_product(read_model(Path(source))[1], load_catalog().product(name), BuildOptions(), package)
"""


def test_two_processes_give_the_same_bytes(
    built: Path, catalog: Catalog, models: dict[str, Path], tmp_path: Path
) -> None:
    """`built` was made by others, most often on another day; this one's hashes are seeded differently."""
    arguments = [f"{product.name}={models[product.model.name]}" for product in catalog.products]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-c", WRITE_ALL, str(tmp_path), *arguments], cwd=ROOT, env=environment, check=True)
    assert files(tmp_path) == {name: data for name, data in files(built).items() if name != "manifest.json"}


def test_the_table_names_every_output(command: Command, built: Path) -> None:
    ended = command("build", "--out", built)
    assert (ended.code, ended.err) == (0, "")
    for name, output in (("FaceMesh", "landmarks"), ("IrisLandmarks", "iris"), ("BlazeFaceFullRange", "count")):
        assert name in ended.out
        assert output in ended.out
    assert ended.out.endswith(f"9 packages in {built}\n")

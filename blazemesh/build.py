"""`blazemesh build`: every pinned model → a verified package, and the manifest: fetch, convert, verify, publish."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blazemesh.catalog import Catalog, Model
from blazemesh.errors import GateError, InputError
from blazemesh.fetch import fetch
from blazemesh.key import build_key, project_digest
from blazemesh.manifest import Entry, Manifest, Pending, is_current, make_entry, read_manifest, write_manifest
from blazemesh.packages import Request
from blazemesh.staging import publish, staging

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Progress = Callable[[str], None]

OPTIONS = Request()
"""What the apps' packages are built with: float16, iOS 16."""


@dataclass(frozen=True)
class Job:
    """One model to be built by a worker: where its file is, and the staging folder that the package goes to."""

    model: Model
    source: Path
    folder: Path
    key: str


@dataclass(frozen=True)
class Built:
    """What a worker made: the manifest's entry, what failed in its verification, how long it took in seconds."""

    entry: Entry
    failures: tuple[str, ...]
    seconds: float


def build(
    catalog: Catalog,
    out: Path,
    models: Path | None = None,
    only: Sequence[str] = (),
    force: bool = False,
    progress: Progress = lambda line: None,
) -> Manifest:
    """Build what is missing or out of date in `out`, and write its manifest; return the manifest.

    GateError, after everything that can be built is, where a package does not agree with its source. InputError,
    ConversionError or PackageError in one line for bad input; OSError where the disk refuses.
    """
    chosen = [catalog.model(name) for name in only] if only else list(catalog.models)
    old = _old_manifest(out)
    digest = project_digest()
    keys = {model.name: build_key(model, asdict(OPTIONS), digest) for model in catalog.models}
    stale = [m for m in chosen if not m.pending and (force or not is_current(out, old.entry(m.name), keys[m.name]))]
    pending = _pending(catalog, old, models, keys)
    if not stale and pending == list(old.pending) and not _strays(catalog, old):
        return old
    sources = fetch(stale, catalog, models, progress)
    entries = {entry["name"]: entry for entry in old.models}
    failures: list[str] = []
    with staging(out) as folder, _alone(out):
        jobs = [Job(model, sources[model.name], folder, keys[model.name]) for model in stale]
        for number, built in enumerate(_build_all(jobs), 1):
            failures += built.failures
            name = built.entry["name"]
            verdict = "FAILED" if built.failures else "verified"
            progress(f"[{number}/{len(jobs)}] {name}: converted and {verdict} in {built.seconds:.1f} s")
            if not built.failures:
                publish(folder / built.entry["package"], out / built.entry["package"], folder)
                entries[name] = built.entry
                write_manifest(out, _manifest(catalog, entries, pending))
        manifest = _manifest(catalog, entries, pending)
        write_manifest(out, manifest)
    if failures:
        raise GateError("\n".join(failures))
    return manifest


def _old_manifest(out: Path) -> Manifest:
    try:
        return read_manifest(out)
    except InputError:  # missing, broken or of another schema: everything is built
        return Manifest(())


def _strays(catalog: Catalog, old: Manifest) -> bool:
    """Whether the manifest names models that the catalogue does not."""
    return any(entry.get("name") not in {model.name for model in catalog.models} for entry in old.models)


def _manifest(catalog: Catalog, entries: dict[str, Entry], pending: Sequence[Pending]) -> Manifest:
    listed = [entries[model.name] for model in catalog.models if model.name in entries and not model.pending]
    return Manifest(tuple(listed), tuple(pending))


def _pending(catalog: Catalog, old: Manifest, models: Path | None, keys: dict[str, str]) -> list[Pending]:
    """Why each pending model can't be built, asked of the converter once and then remembered."""
    known = {pending.name: pending for pending in old.pending}
    return [known.get(m.name) or Pending(m.name, _reason(m, catalog, models)) for m in catalog.models if m.pending]


def _reason(model: Model, catalog: Catalog, models: Path | None) -> str:
    from blazemesh.packages import read_model
    from blazemesh.quiet import quiet_coremltools

    try:
        path = fetch([model], catalog, models)[model.name]
    except InputError:
        return "not yet: its file was not at hand to say why"
    quiet_coremltools()
    from converters.lower import first_unsupported

    operator = first_unsupported(read_model(path)[1])
    return "not yet" if operator is None else f"not yet: custom operator {operator.kind}"


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Nobody else builds into `out` meanwhile; InputError where somebody does. The lock dies with its process."""
    descriptor = os.open(out / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise InputError(f"another build is running in {str(out)!r}; wait for it or choose --out") from error
    finally:
        os.close(descriptor)


def _build_all(jobs: Sequence[Job]) -> Iterator[Built]:
    """Build the jobs on all cores, the largest first, each in a process of its own; results as they come."""
    from concurrent.futures import as_completed

    if not jobs:
        return
    pool = _workers(min(len(jobs), os.cpu_count() or 1))
    largest_first = sorted(jobs, key=lambda job: -job.model.bytes)
    try:
        for done in as_completed([pool.submit(build_one, job) for job in largest_first]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _workers(count: int) -> "ProcessPoolExecutor":
    """Fresh processes: coremltools and ONNX Runtime do not survive a fork."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_die_with_parent)


def _die_with_parent() -> None:
    """A worker whose parent was killed would wait for ever, and could still write."""
    from multiprocessing import parent_process
    from threading import Thread

    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def build_one(job: Job) -> Built:
    """Convert one model into the staging folder and verify it there; a worker's whole task."""
    import tempfile

    from blazemesh.catalog import load_catalog
    from blazemesh.conversion import SUFFIX, judge
    from blazemesh.packages import describe, read_model, write_converted

    started = time.perf_counter()
    tempfile.tempdir = str(job.folder)
    data, graph = read_model(job.source)
    features, subject = describe(graph, load_catalog(), OPTIONS)
    package = job.folder / f"{job.model.name}{SUFFIX}"
    write_converted(graph, features, subject, OPTIONS, package)
    verdict = judge(package, data, job.model.file)
    from verification.executor.package import load_program

    about = {"precision": OPTIONS.precision, "target": OPTIONS.target}
    entry = make_entry(job.model, job.key, package, load_program(package), verdict, about)
    return Built(entry, verdict.failures, time.perf_counter() - started)

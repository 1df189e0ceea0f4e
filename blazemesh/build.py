"""`blazemesh build`: every pinned model → a verified package, and the manifest: fetch, convert, verify, publish."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blazemesh.catalog import Catalog, Model
from blazemesh.errors import GateError, InputError
from blazemesh.fetch import at_hand, fetch
from blazemesh.key import build_key, project_digest
from blazemesh.manifest import Entry, Manifest, Pending, is_there, make_entry, read_manifest, write_manifest
from blazemesh.packages import SUFFIX, Request
from blazemesh.staging import made_folders, publish, refuse_foreign, staging

if TYPE_CHECKING:
    from verification.lint.findings import Report

Progress = Callable[[str], None]

NOT_AT_HAND = "not yet: its file was not at hand to say why"
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
    chosen = {catalog.model(name) for name in only or (model.name for model in catalog.models)}
    plan = _plan(catalog, out, chosen, models, force)
    if not plan.has_work:
        return plan.old
    with made_folders(out), _alone(out):
        plan = _plan(catalog, out, chosen, models, force)  # another build may have ended in between
        manifest, failures = _carry_out(plan, catalog, out, models, progress)
    if failures:
        raise GateError("\n".join(failures))
    return manifest


@dataclass(frozen=True)
class Plan:
    """What stays, and what has to be done."""

    old: Manifest
    keys: Mapping[str, str]
    entries: Mapping[str, Entry]
    """By model, the packages that are there."""
    stale: tuple[Model, ...]
    """The models to be built."""
    pending: Mapping[str, Pending]
    """By model, why it can't be built yet; without a key where that is not known."""
    questions: Mapping[str, Path]
    """By model, the files of pending ones about which the converter has to be asked."""

    @property
    def has_work(self) -> bool:
        """Whether anything in the folder would be another afterwards."""
        kept = Manifest(tuple(self.entries.values()), tuple(self.pending.values()))
        return bool(self.stale or self.questions) or kept != self.old


def _plan(catalog: Catalog, out: Path, chosen: Set[Model], models: Path | None, force: bool) -> Plan:
    old = _old_manifest(out)
    digest = project_digest()
    keys = {model.name: build_key(model, asdict(OPTIONS), digest) for model in catalog.models}
    there = {entry["name"]: entry for entry in old.models if is_there(out, entry)}
    entries = {model.name: there[model.name] for model in catalog.models if model.name in there and not model.pending}
    current = {name for name, entry in entries.items() if entry["key"] == keys[name]}
    stale = [m for m in catalog.models if m in chosen and not m.pending and (force or m.name not in current)]
    ours = {entry["package"] for entry in old.models}
    for package in (f"{model.name}{SUFFIX}" for model in stale):
        if package not in ours:
            refuse_foreign(out / package)
    known = {pending.name: pending for pending in old.pending if pending.key == keys.get(pending.name)}
    pending = {m.name: known.get(m.name, Pending(m.name, NOT_AT_HAND)) for m in catalog.models if m.pending}
    return Plan(old, keys, entries, tuple(stale), pending, _questions(_unexplained(catalog, pending), models))


def _old_manifest(out: Path) -> Manifest:
    try:
        return read_manifest(out)
    except InputError:  # missing, broken or of another schema: everything is built
        return Manifest(())


def _unexplained(catalog: Catalog, pending: Mapping[str, Pending]) -> list[Model]:
    return [model for model in catalog.models if model.pending and not pending[model.name].key]


def _questions(unexplained: Sequence[Model], models: Path | None) -> dict[str, Path]:
    found = {model.name: at_hand(model, models) for model in unexplained}
    return {name: path for name, path in found.items() if path is not None}


def _carry_out(
    plan: Plan, catalog: Catalog, out: Path, models: Path | None, progress: Progress
) -> tuple[Manifest, list[str]]:
    """Do what is planned and write the manifest after each package; the manifest, and what failed in verification."""
    from concurrent.futures import as_completed

    from blazemesh.workers import workers

    unexplained = _unexplained(catalog, plan.pending)
    sources = fetch(plan.stale, catalog, models, progress, along=unexplained)
    questions = _questions(unexplained, models)
    entries, pending = dict(plan.entries), dict(plan.pending)
    failures: list[str] = []
    with staging(out) as folder, workers(len(plan.stale) + len(questions)) as pool:
        jobs = [Job(model, sources[model.name], folder, plan.keys[model.name]) for model in plan.stale]
        building = [pool.submit(build_one, job) for job in sorted(jobs, key=lambda job: -job.model.bytes)]
        asked = {name: pool.submit(why_pending, path) for name, path in questions.items()}
        for number, done in enumerate(as_completed(building), 1):
            built: Built = done.result()
            failures += built.failures
            name = built.entry["name"]
            verdict = "FAILED" if built.failures else "verified"
            progress(f"[{number}/{len(jobs)}] {name}: converted and {verdict} in {built.seconds:.1f} s")
            if not built.failures:
                publish(folder / built.entry["package"], out / built.entry["package"], folder)
                entries[name] = built.entry
                write_manifest(out, _manifest(catalog, entries, pending))
        pending |= {name: Pending(name, answer.result(), plan.keys[name]) for name, answer in asked.items()}
        manifest = _manifest(catalog, entries, pending)
        write_manifest(out, manifest)
    return manifest, failures


def _manifest(catalog: Catalog, entries: Mapping[str, Entry], pending: Mapping[str, Pending]) -> Manifest:
    names = [model.name for model in catalog.models]
    return Manifest(
        tuple(entries[name] for name in names if name in entries),
        tuple(pending[name] for name in names if name in pending),
    )


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Nobody else builds into `out` meanwhile; InputError where somebody does. The lock dies with its process."""
    descriptor = os.open(out, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise InputError(f"another build is running in {str(out)!r}; wait for it or choose --out") from error
    except OSError:
        pass  # a file system without locks
    try:
        yield
    finally:
        os.close(descriptor)


def why_pending(path: Path) -> str:
    """Why the pending model at `path` can't be built: the first operator that the converter does not know."""
    from blazemesh.packages import read_model
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from converters.lower import first_unsupported

    operator = first_unsupported(read_model(path)[1])
    return "not yet" if operator is None else f"not yet: custom operator {operator.kind}"


def build_one(job: Job) -> Built:
    """Convert one model into the staging folder and verify it there; a worker's whole task."""
    import tempfile

    from blazemesh.catalog import load_catalog
    from blazemesh.conversion import judge
    from blazemesh.faces import face_details
    from blazemesh.packages import describe, read_model, write_converted

    started = time.perf_counter()
    tempfile.tempdir = str(job.folder)
    data, graph = read_model(job.source)
    features, subject = describe(graph, load_catalog(), OPTIONS)
    package = job.folder / f"{job.model.name}{SUFFIX}"
    write_converted(graph, features, subject, OPTIONS, package)
    verdict = judge(package, data, job.model.file)
    from verification.executor.package import load_program
    from verification.lint.linter import lint

    report = lint(package)
    about = {"precision": OPTIONS.precision, "target": OPTIONS.target}
    entry = make_entry(job.model, job.key, package, load_program(package), verdict, about)
    entry |= {"lint": report.to_json()["findings"], **face_details(job.model)}
    return Built(entry, (*verdict.failures, *refusals(report)), time.perf_counter() - started)


def refusals(report: "Report") -> list[str]:
    """What the linter refuses, a line each; warnings are no reason not to publish."""
    name = report.package.name
    lines = [f"{name}: lint {f.rule} at {f.places}: {f.message}" for f in report.findings if f.severity == "error"]
    return lines + [f"{name}: lint {rule} could not run" for rule in report.unchecked]

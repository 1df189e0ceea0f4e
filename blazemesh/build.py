"""`blazemesh build`: every pinned model → a verified package, and the manifest: fetch, convert, verify, publish."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blazemesh.catalog import Catalog, Product
from blazemesh.errors import GateError, InputError
from blazemesh.fetch import fetch
from blazemesh.key import build_key, project_digest
from blazemesh.manifest import Entry, Manifest, is_there, make_entry, read_manifest, write_manifest
from blazemesh.options import SUFFIX, BuildOptions
from blazemesh.staging import made_folders, publish, refuse_foreign, staging

if TYPE_CHECKING:
    from verification.lint.findings import Report

Progress = Callable[[str], None]

OPTIONS = BuildOptions()


@dataclass(frozen=True)
class Job:
    """One package to be built by a worker: where its source is, and the staging folder that it goes to."""

    product: Product
    source: Path
    folder: Path
    key: str
    options: BuildOptions


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
    options: BuildOptions = OPTIONS,
    progress: Progress = lambda line: None,
) -> Manifest:
    """Build what is missing or out of date in `out`, and write its manifest; return the manifest.

    GateError, after everything that can be built is, where a package does not agree with its source. InputError,
    ConversionError or PackageError in one line for bad input; OSError where the disk refuses.
    """
    chosen = {catalog.product(name) for name in only} or set(catalog.products)
    plan = _plan(catalog, out, chosen, force, options)
    if not plan.has_work:
        return plan.old
    with made_folders(out), _alone(out):
        plan = _plan(catalog, out, chosen, force, options)  # another build may have ended in between
        manifest, failures = _carry_out(plan, catalog, out, models, options, progress)
    if failures:
        raise GateError("\n".join(failures))
    return manifest


@dataclass(frozen=True)
class Plan:
    """What stays, and what has to be done."""

    old: Manifest
    keys: Mapping[str, str]
    entries: Mapping[str, Entry]
    """By package, those that are there."""
    stale: tuple[Product, ...]
    """The packages to be built."""

    @property
    def has_work(self) -> bool:
        """Whether anything in the folder would be another afterwards."""
        return bool(self.stale) or Manifest(tuple(self.entries.values())) != self.old


def _plan(catalog: Catalog, out: Path, chosen: Set[Product], force: bool, options: BuildOptions) -> Plan:
    old = _old_manifest(out)
    digest = project_digest()
    keys = {product.name: build_key(product, asdict(options), digest) for product in catalog.products}
    there = {entry["name"]: entry for entry in old.models if is_there(out, entry)}
    entries = {product.name: there[product.name] for product in catalog.products if product.name in there}
    current = {name for name, entry in entries.items() if entry["key"] == keys[name]}
    stale = [p for p in catalog.products if p in chosen and (force or p.name not in current)]
    ours = {entry["package"] for entry in old.models}
    for package in (f"{product.name}{SUFFIX}" for product in stale):
        if package not in ours:
            refuse_foreign(out / package)
    return Plan(old, keys, entries, tuple(stale))


def _old_manifest(out: Path) -> Manifest:
    try:
        return read_manifest(out)
    except InputError:  # missing, broken or of another schema: everything is built
        return Manifest(())


def _carry_out(
    plan: Plan, catalog: Catalog, out: Path, models: Path | None, options: BuildOptions, progress: Progress
) -> tuple[Manifest, list[str]]:
    """Do what is planned and write the manifest after each package; the manifest, and what failed in verification."""
    from concurrent.futures import as_completed

    from blazemesh.workers import workers

    wanted = list(dict.fromkeys(product.model for product in plan.stale))
    sources = fetch(wanted, catalog, models, progress, along=catalog.samples)
    entries = dict(plan.entries)
    failures: list[str] = []
    with staging(out) as folder, workers(len(plan.stale)) as pool:
        jobs = [Job(p, sources[p.model.name], folder, plan.keys[p.name], options) for p in plan.stale]
        building = [pool.submit(build_one, job) for job in sorted(jobs, key=lambda job: -job.product.model.bytes)]
        for number, done in enumerate(as_completed(building), 1):
            built: Built = done.result()
            failures += built.failures
            name = built.entry["name"]
            verdict = "FAILED" if built.failures else "verified"
            progress(f"[{number}/{len(jobs)}] {name}: converted and {verdict} in {built.seconds:.1f} s")
            if not built.failures:
                publish(folder / built.entry["package"], out / built.entry["package"], folder)
                entries[name] = built.entry
                write_manifest(out, _manifest(catalog, entries))
        manifest = _manifest(catalog, entries)
        write_manifest(out, manifest)
    return manifest, failures


def _manifest(catalog: Catalog, entries: Mapping[str, Entry]) -> Manifest:
    return Manifest(tuple(entries[product.name] for product in catalog.products if product.name in entries))


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


def build_one(job: Job) -> Built:
    """Convert one model into the staging folder and verify it there; a worker's whole task."""
    import tempfile

    from blazemesh.conversion import judge
    from blazemesh.packages import form_of, read_model, write_product

    started = time.perf_counter()
    tempfile.tempdir = str(job.folder)
    data, graph = read_model(job.source)
    package = job.folder / f"{job.product.name}{SUFFIX}"
    write_product(graph, job.product, job.options, package)
    model = job.product.model
    verdict = judge(package, data, model.file, catalog=Catalog((), (model,)))
    from verification.executor.package import load_program
    from verification.lint.linter import lint

    report = lint(package)
    form = form_of(job.product, job.options)
    entry = make_entry(job.product, form, job.key, package, load_program(package), verdict, job.options)
    entry |= {"lint": report.to_json()["findings"]}
    return Built(entry, (*verdict.failures, *refusals(report)), time.perf_counter() - started)


def refusals(report: "Report") -> list[str]:
    """What the linter refuses, a line each; warnings are no reason not to publish."""
    name = report.package.name
    lines = [f"{name}: lint {f.rule} at {f.places}: {f.message}" for f in report.findings if f.severity == "error"]
    return lines + [f"{name}: lint {rule} could not run" for rule in report.unchecked]

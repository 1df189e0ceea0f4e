"""`make bench`: what build and packages cost, each figure beside what it is compared with, measured in the same run."""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from blazemesh.catalog import Catalog, Model, load_catalog
from blazemesh.errors import GateError, InputError
from blazemesh.fetch import fetch
from blazemesh.files import write_atomically
from blazemesh.manifest import Manifest, read_manifest
from blazemesh.options import PACKAGES
from blazemesh.pipeline_bench import COMMAND as PIPELINE_COMMAND
from blazemesh.pipeline_bench import Costs, measure_pipeline, stage_table
from blazemesh.swift_bench import COMMAND as SWIFT
from blazemesh.swift_bench import measure_swift
from blazemesh.tail_bench import measure_tails
from blazemesh.text_table import text_table

REPEATS = 3
OUT = Path("build/bench.json")


@dataclass(frozen=True)
class Row:
    """One figure; `ratio` is value / peer_value, None where it stands alone. `command` measures it again.

    `allocations` are one call's, where that is what was measured; −1 where nobody can count them.
    """

    name: str
    value: float
    unit: str
    peer: str | None
    peer_value: float | None
    ratio: float | None
    command: str
    allocations: int | None = None


def row(name: str, value: float, unit: str, command: str, peer: tuple[str, float] | None = None) -> Row:
    """A row, its ratio computed."""
    if peer is None:
        return Row(name, value, unit, None, None, None, command)
    return Row(name, value, unit, peer[0], peer[1], value / peer[1], command)


def seconds(arguments: Sequence[str]) -> float:
    """How long one `blazemesh` command takes, start of the process included; CalledProcessError where it fails."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "blazemesh", *arguments], check=True, capture_output=True)
    return time.perf_counter() - started


def measure(catalog: Catalog, sources: dict[str, Path], folder: Path) -> list[Row]:
    """Cold builds and single conversions in turn, so that a busy moment of the machine hits both; medians of them."""
    models = list(catalog.models)
    builds: list[float] = []
    converts: dict[str, list[float]] = {model.name: [] for model in models}
    out = folder / "packages"
    for _ in range(REPEATS):
        builds.append(seconds(["build", "--out", str(out), "--force"]))
        for model in models:
            package = str(folder / f"{model.name}.mlpackage")
            converts[model.name].append(seconds(["convert", str(sources[model.name]), "-o", package]))
    noop = statistics.median(seconds(["build", "--out", str(out)]) for _ in range(REPEATS))
    singles = {name: statistics.median(times) for name, times in converts.items()}
    each = sum(singles[product.model.name] for product in catalog.products)
    cold = statistics.median(builds)
    return [
        row("build_cold", cold, "s", "blazemesh build --force", ("a convert for each package", each)),
        row("build_noop", noop, "s", "blazemesh build", ("build_cold", cold)),
        *(row(f"convert/{m.name}", singles[m.name], "s", convert_command(m)) for m in models),
        *package_rows(models, read_manifest(out)),
    ]


def convert_command(model: Model) -> str:
    """What a shell runs to convert a model out of the cache, wherever that is."""
    source = f'"${{XDG_CACHE_HOME:-$HOME/.cache}}/blazemesh/{model.sha256}/{model.file}"'
    return f"blazemesh convert {source} -o build/bench/{model.name}.mlpackage"


def package_rows(models: Sequence[Model], manifest: Manifest) -> list[Row]:
    """Each package's bytes beside its source's."""
    sizes = {entry["name"]: float(entry["bytes"]) for entry in manifest.models}
    return [
        row(
            f"package_bytes/{m.name}",
            sizes[m.name],
            "bytes",
            f"blazemesh inspect build/coreml/{m.name}.mlpackage",
            (m.file, float(m.bytes)),
        )
        for m in models
    ]


def tail_rows() -> list[Row]:
    """The detectors' decoding and suppression, beside K unrolled rounds."""
    command = "python -m blazemesh.tail_bench"
    rows = []
    for cost in measure_tails():
        operators = ("unrolled", float(cost.unrolled_operators))
        milliseconds = ("unrolled", cost.unrolled_milliseconds)
        rows.append(row(f"tail_operators/{cost.detector}", cost.operators, "operators", command, operators))
        rows.append(row(f"tail_ms/{cost.detector}", cost.milliseconds, "ms", command, milliseconds))
    return rows


def pipeline_rows(costs: Costs) -> list[Row]:
    """The face pipeline beside MediaPipe's, its networks' stages beside LiteRT's inference alone."""
    command, rows = PIPELINE_COMMAND, []
    for cost in costs.tracked:
        rows.append(row(cost.setting.name, cost.total, "ms", command, ("mediapipe", cost.theirs)))
        for stage, milliseconds in cost.stages.items():
            floor = cost.floor.get(stage)
            peer = ("litert alone", floor) if floor else None
            rows.append(row(f"{cost.setting.name}/{stage}", milliseconds, "ms", command, peer))
    if costs.startup:
        ours, theirs = costs.startup
        rows.append(row("run/startup", ours, "s", command, ("mediapipe", theirs)))
    return rows + [row(f"floor/{name}", value, "ms", command) for name, value in costs.inference.items()]


def swift_rows() -> list[Row]:
    """The Swift core, beside its goals; none, and a line that says so, where there is no Swift."""
    costs = measure_swift(PACKAGES)
    if costs is None:
        print("bench: swift/… skipped: there is no swift on PATH", file=sys.stderr)
    rows = []
    for cost in costs or ():
        peer = None if cost.goal is None else ("goal", cost.goal)
        rows.append(replace(row(cost.name, cost.nanoseconds, "ns", SWIFT, peer), allocations=cost.allocations))
    return rows


def machine() -> str:
    """System, processor and cores, with nothing that names the host."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = (
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        )
        name = next(lines, name)
    return (
        f"{platform.system()} {platform.machine()}, {name}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )


def main() -> None:
    """Measure, print a table, write build/bench.json; one line and exit code 2 where the models can't be had."""
    catalog = load_catalog()
    try:
        sources = fetch(catalog.models, catalog)
    except InputError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        sys.exit(2)
    try:
        with tempfile.TemporaryDirectory(prefix="blazemesh-bench-") as folder:
            costs = measure_pipeline()
            rows = measure(catalog, sources, Path(folder)) + tail_rows() + pipeline_rows(costs) + swift_rows()
    except GateError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        sys.exit(1)
    document = {
        "machine": machine(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": [asdict(item) for item in rows],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(OUT, (json.dumps(document, indent=2) + "\n").encode())
    lines = [
        (
            r.name,
            f"{r.value:,.4g}",
            r.unit,
            r.peer or "",
            f"{r.peer_value:,.4g}" if r.peer_value else "",
            f"{r.ratio:.2f}" if r.ratio else "",
        )
        for r in rows
    ]
    print(text_table(("name", "value", "unit", "peer", "peer's", "ratio"), lines))
    print(f"written to {OUT}")
    if costs.tracked:
        print(stage_table(costs.tracked))


if __name__ == "__main__":
    main()

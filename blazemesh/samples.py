"""README's table of the models beyond faces: each converted and verified like anybody's `.tflite`, and measured.

`python -m blazemesh.samples` writes it again.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blazemesh.catalog import PinnedFile, load_catalog
from blazemesh.conversion import convert
from blazemesh.errors import GateError
from blazemesh.fetch import fetch
from blazemesh.manifest import package_digest
from blazemesh.packages import read_model
from blazemesh.readme import markdown, write_part

if TYPE_CHECKING:
    from verification.parity import ParityRow

PART = "samples"
HEADER = (
    "model",
    "input",
    "operators",
    "float32 max",
    "LiteRT itself",
    "float16 max, mean",
    "seconds",
    "package bytes",
)


@dataclass(frozen=True)
class Measured:
    """One model's conversion; errors are shares of an output's range, the worst output's each."""

    file: str
    input: str
    operators: int
    float32: float
    spread: float
    float16: float
    float16_mean: float
    seconds: float
    bytes: int

    def cells(self) -> tuple[str, ...]:
        """The model's row in the table."""
        return (
            self.file.removesuffix(".tflite"),
            self.input,
            str(self.operators),
            f"{self.float32:.1e}",
            f"{self.spread:.1e}",
            f"{self.float16:.1e}, {self.float16_mean:.1e}",
            f"{self.seconds:.1f}",
            f"{self.bytes:,}",
        )


def measure(sample: PinnedFile, source: Path, folder: Path) -> Measured:
    """Convert and verify one model into `folder`, as `blazemesh convert` does; GateError where it does not agree."""
    package = folder / f"{sample.name}.mlpackage"
    started = time.perf_counter()
    verdict = convert(source, package)
    seconds = time.perf_counter() - started
    assert verdict is not None
    if not verdict.passed:
        raise GateError("\n".join(verdict.failures))
    graph = read_model(source)[1]
    float32 = [row for row in verdict.rows if row.arithmetic == "float32"]
    float16 = [row for row in verdict.rows if row.arithmetic == "float16" and row.executor == "reference"]
    return Measured(
        file=sample.file,
        input=" × ".join(str(size) for size in graph.tensors[graph.inputs[0]].shape[1:]),
        operators=len(graph.operators),
        float32=max(_share(row, row.max) for row in float32),
        spread=max(_share(row, row.spread) for row in float32),
        float16=max(_share(row, row.max) for row in float16),
        float16_mean=max(_share(row, row.mean) for row in float16),
        seconds=seconds,
        bytes=package_digest(package)[1],
    )


def _share(row: "ParityRow", error: float | None) -> float:
    """An error as a share of the output's range over the cases."""
    return (error or 0.0) / (row.range or 1.0)


def table(rows: Sequence[Measured]) -> str:
    """The rows in Markdown."""
    return markdown(HEADER, [row.cells() for row in rows])


def main() -> None:
    """Measure every sample and put the table into README.md."""
    catalog = load_catalog()
    sources = fetch(catalog.samples, catalog)
    with tempfile.TemporaryDirectory(prefix="blazemesh-samples-") as folder:
        rows = [measure(sample, sources[sample.name], Path(folder)) for sample in catalog.samples]
    write_part(PART, table(rows))
    print(table(rows))


if __name__ == "__main__":
    main()

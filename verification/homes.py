"""A model in another home than Core ML against its original: both on the same cases, every output compared."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.cases import Case, make_cases
from verification.executor.program import Feature
from verification.limits import INDEX, NOTHING, Limit, limit
from verification.oracles.apart import original_apart
from verification.oracles.errors import OracleError
from verification.oracles.original import Original
from verification.parity import Differences
from verification.pictures import Picture
from verification.provenance import Source, SourceInput
from verification.spread import Spread
from verification.verify import Verdict

Array = NDArray[Any]
Arrays = Mapping[str, Array]

EXACT = Limit(1e-4, relative=True)
"""Of the output's range: weights and arithmetic are the source's, float32; only sums go in another order.

For outputs of which the catalogue says what they mean. What others magnify is unknown: they have a package's limit.
"""


@dataclass(frozen=True)
class Converted:
    """A converted model: `run` takes arrays as the source does (pictures NHWC) by input, and answers by output."""

    file: str
    executor: str
    run: Callable[[Arrays], Arrays]
    source: Source
    features: tuple[Feature, ...]


def verify_home(converted: Converted, model: bytes, pictures: Sequence[Picture], count: int) -> Verdict:
    """Run the model and its original, the bytes of its .tflite, on `count` cases; OracleError where that can't be run.

    A model of faces that saw not one fails: agreement on noise proves nothing.
    """
    with ExitStack() as processes:
        original = processes.enter_context(original_apart(model, converted.source.file))
        unknown = any(_limit(output.unit).spreads for output in converted.source.outputs)
        spread = Spread(original, _other_kernels(processes, original, model)) if unknown else None
        comparison = Comparison(converted)
        for case in make_cases(converted.features, converted.source.subject, pictures, count):
            inputs = tensors(converted, case)
            raw = original.run({item.tensor: inputs[item.name] for item in converted.source.inputs})
            if spread is not None:
                spread.add({item.tensor: inputs[item.name] for item in converted.source.inputs}, raw)
            expected = {item.name: raw[item.tensor] for item in converted.source.outputs}
            comparison.add(converted.run(inputs), expected, case.face and sees_a_face(converted.source, expected))
        return comparison.verdict(spread)


def _other_kernels(processes: ExitStack, original: Original, model: bytes) -> Original | None:
    try:
        if original.needs_delegate:
            return None
        return processes.enter_context(original_apart(model, original.file, delegate=True))
    except OracleError:
        return None


class Comparison:
    """What a converted model differs from an oracle by, case by case."""

    def __init__(self, converted: Converted, oracle: str = "litert") -> None:
        self._converted, self._oracle = converted, oracle
        self._whole: set[str] = set()
        self._differences: dict[str, Differences] = {}
        self.cases = 0
        self.faces = 0

    def add(self, found: Arrays, expected: Arrays, face: bool) -> None:
        """One case; an output of another number of values than the oracle's differs infinitely."""
        self.cases += 1
        self.faces += face
        for name, values in expected.items():
            mine, whole = np.asarray(found[name]), values.dtype.kind in "iub"
            collected = self._differences.setdefault(name, Differences(names=whole))
            self._whole |= {name} if whole else set()
            collected.add(mine if mine.size == values.size else np.full(values.size, np.nan), values)

    def verdict(self, spread: Spread | None = None) -> Verdict:
        """A row an output, and what is beyond its limit."""
        source, rows = self._converted.source, []
        for output in source.outputs:
            whole = output.name in self._whole
            own = NOTHING if spread is None else spread.of(output.tensor)
            about = {"oracle": self._oracle, "executor": self._converted.executor, "arithmetic": "float32"}
            counts = {"cases": self.cases, "faces": self.faces}
            unit = INDEX if whole else output.unit
            rows.append(self._differences[output.name].row(output.name, unit, _limit(unit), own, **about, **counts))
        failures = [
            f"{self._converted.file}: {row.output} is off by {row.max:.3g} {row.unit} (limit {row.limit:.2g}) from "
            f"{row.oracle}"
            for row in rows
            if not row.passed
        ]
        if source.subject != "any" and self.faces == 0:
            failures.insert(
                0, f"none of the {self.cases} cases holds a face that the original sees: they prove nothing"
            )
        idle = [name for name, collected in self._differences.items() if collected.hardly_moves]
        notes = tuple(f"{name} hardly moves between the cases: its comparison proves little" for name in idle)
        return Verdict(self._converted.file, tuple(rows), notes, tuple(failures))


def _limit(unit: str) -> Limit:
    return limit(unit, "float32", weights_exact=True) if unit in ("value", INDEX) else EXACT


def tensors(converted: Converted, case: Case) -> dict[str, Array]:
    """A case's values as the source takes them: a picture as NHWC, scaled to its range."""
    pairs = zip(converted.features, converted.source.inputs, strict=True)
    return {
        item.name: scaled(case.inputs[item.name], item) if f.kind == "image" else case.inputs[item.name]
        for f, item in pairs
    }


def scaled(pixels: Array, item: SourceInput) -> Array:
    """Pixels [height, width] or [height, width, 3] of 0 to 255 as [1, height, width, channels] in the input's range."""
    picture = pixels[..., None] if pixels.ndim == 2 else pixels
    scale, bias = np.float32((item.high - item.low) / 255), np.float32(item.low)
    made: Array = (picture.astype(np.float32) * scale + bias)[None]
    return made


def sees_a_face(source: Source, outputs: Arrays) -> bool:
    """Whether the original says so, by a logit above 0; without logits it can't object."""
    logits = [outputs[item.name] for item in source.outputs if item.unit == "logit"]
    return not logits or any(bool(np.any(values > 0)) for values in logits)

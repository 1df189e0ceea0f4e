"""A saved package against its original: both executed on the same cases, every output compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.cases import Case, extreme_cases, make_cases
from verification.divergence import first_divergence
from verification.engines import Engine, engines
from verification.executor.errors import PackageError
from verification.executor.program import Feature, Program
from verification.executor.reference import ReferenceModel
from verification.limits import limit
from verification.oracles.errors import OracleError
from verification.oracles.litert import LiteRT
from verification.parity import Differences, ParityRow
from verification.pictures import Picture
from verification.provenance import Source, SourceInput, read_source

Array = NDArray[Any]

EXTREME_TOLERANCE = 1e-4
"""On black or barred frames raw values reach 30,000, where float32 steps by 0.002: a share of the greatest."""


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: a row per output, engine and arithmetic, notes worth reading, and what failed."""

    package: str
    rows: tuple[ParityRow, ...]
    notes: tuple[str, ...]
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the package says what its original says."""
        return not self.failures


def verify(
    package: Path, model: bytes, file: str, pictures: Sequence[Picture], count: int, built_in_cases: bool = True
) -> Verdict:
    """Execute `package` and the original `model` (bytes of the .tflite named `file`) on `count` cases and compare.

    `built_in_cases` says that these are the pictures and the count for which the limits were set.

    A package of a face network that saw not one face fails: agreement on noise proves nothing. PackageError or
    OracleError where one of both can't be executed at all.
    """
    judge = _Judge(package, LiteRT(model, file), built_in_cases)
    comparisons = [_Comparison(judge, engine) for engine in engines(package)]
    faces = 0
    for case in make_cases(judge.program.inputs, judge.source.subject, pictures, count):
        expected = judge.original_outputs(case)
        faces += case.face and judge.sees_a_face(expected)
        for comparison in comparisons:
            comparison.add(case, expected)
    rows = tuple(row for comparison in comparisons for row in comparison.rows(count, faces))
    failures = [failure for comparison in comparisons for failure in comparison.failures(count, faces)]
    if judge.source.subject != "any" and faces == 0:
        failures.insert(0, f"none of the {count} cases holds a face that the original sees: they prove nothing")
    failures += judge.extremes(pictures)
    return Verdict(package.name, rows, comparisons[0].notes(), tuple(failures))


class _Judge:
    """One package and its original."""

    def __init__(self, package: Path, original: LiteRT, built_in_cases: bool) -> None:
        self.built_in_cases = built_in_cases
        self.package = package
        self.original = original
        self.reference = ReferenceModel(package, "float32")
        self.program: Program = self.reference.program
        self.source: Source = read_source(package.name, self.program.metadata.user_defined)
        self.weights_exact = not _computes_in_float16(self.program) or original.weights_fit_float16
        self._check_features()

    def _check_features(self) -> None:
        for what, features, listed in (
            ("input", self.program.inputs, self.source.inputs),
            ("output", self.program.outputs, self.source.outputs),
        ):
            if sorted(f.name for f in features) != sorted(item.name for item in listed):
                raise PackageError(f"{self.package.name}: its {what}s are not the ones that its metadata describes")

    def original_outputs(self, case: Case) -> dict[str, Array]:
        """The original's outputs for a case, by the package's names."""
        features = {feature.name: feature for feature in self.program.inputs}
        inputs = {
            item.tensor: _as_tensor(features[item.name], item, case.inputs[item.name]) for item in self.source.inputs
        }
        outputs = self.original.run(inputs)
        if missing := [item.tensor for item in self.source.outputs if item.tensor not in outputs]:
            raise OracleError(
                f"{self.original.file}: no output '{missing[0]}'; the package was made from another model"
            )
        return {item.name: outputs[item.tensor] for item in self.source.outputs}

    def sees_a_face(self, outputs: dict[str, Array]) -> bool:
        """Whether the original says so, by a logit above 0 (a score above one half); without logits it can't object."""
        logits = [outputs[item.name] for item in self.source.outputs if item.unit == "logit"]
        return not logits or any(bool(np.any(values > 0)) for values in logits)

    def first_divergence(self, case: Case) -> str:
        """The operator at which the package leaves its original, in float32 arithmetic."""
        self.original_outputs(case)
        trace = self.reference.trace(case.as_prediction_input(self.program.inputs))
        # Ten times what the order of sums makes, or what rounded weights make, of a tensor's range.
        tolerance = 1e-4 if self.weights_exact else 2e-2
        return first_divergence(trace, self.original, tolerance) or "no operator by itself, it adds up"

    def extremes(self, pictures: Sequence[Picture]) -> list[str]:
        """What goes wrong on black, white and barred frames: values that are not finite, or not the original's."""
        failures = []
        for case in extreme_cases(self.program.inputs, pictures[0]) if pictures else []:
            expected = self.original_outputs(case)
            found = self.reference.predict(case.as_prediction_input(self.program.inputs))
            for name, values in expected.items():
                size = max(1.0, float(np.abs(values).max(initial=0.0)))
                with np.errstate(invalid="ignore"):
                    error = float(np.abs(found[name].reshape(-1) - values.reshape(-1)).max(initial=0.0)) / size
                tolerance = self._extreme_tolerance(name)
                if not error <= tolerance:
                    failures.append(
                        f"{self.package.name}: {name} on a {case.name} frame is off by {error:.2g} of {size:.3g}"
                    )
        return failures

    def _extreme_tolerance(self, output: str) -> float:
        """The share of the greatest value that an output may be off by on an extreme frame."""
        unit = next(item.unit for item in self.source.outputs if item.name == output)
        allowed = limit(unit, "float32", self.weights_exact)
        if allowed.relative:
            return allowed.max
        return EXTREME_TOLERANCE if self.weights_exact else 100 * EXTREME_TOLERANCE


class _Comparison:
    """The differences between what one engine makes of the package and what the original says."""

    def __init__(self, judge: _Judge, engine: Engine) -> None:
        self._judge = judge
        self._engine = engine
        self._differences = {item.name: Differences() for item in judge.source.outputs}
        self._worst: dict[str, Case] = {}

    def add(self, case: Case, expected: dict[str, Array]) -> None:
        """Execute one case and collect how far each output is from the expected one."""
        package = self._judge.package.name
        found = self._engine.predict(case.as_prediction_input(self._judge.program.inputs))
        for name, collected in self._differences.items():
            if found[name].size != expected[name].size:
                raise PackageError(f"{package}: {name} has {found[name].size} values, not {expected[name].size}")
            if collected.add(found[name], expected[name]):
                self._worst[name] = case

    def rows(self, cases: int, faces: int) -> list[ParityRow]:
        """A row for each output."""
        return [
            self._differences[item.name].row(
                item.name,
                item.unit,
                limit(item.unit, self._engine.arithmetic, self._judge.weights_exact, self._judge.built_in_cases),
                oracle="litert",
                executor=self._engine.name,
                arithmetic=self._engine.arithmetic,
                cases=cases,
                faces=faces,
            )
            for item in self._judge.source.outputs
        ]

    def notes(self) -> tuple[str, ...]:
        """Which outputs prove little."""
        idle = [name for name, collected in self._differences.items() if collected.hardly_moves]
        return tuple(f"{name} hardly moves between the cases: its comparison proves little" for name in idle)

    def failures(self, cases: int, faces: int) -> list[str]:
        """The rows beyond their limits, each with the operator at which its worst case leaves the original."""
        return [self._describe(row) for row in self.rows(cases, faces) if not row.passed]

    def _describe(self, row: ParityRow) -> str:
        mean = "" if row.mean_limit is None else f", mean {row.mean:.2g} (limit {row.mean_limit:.2g})"
        diverging = self._judge.first_divergence(self._worst[row.output])
        package = self._judge.package.name
        return (
            f"{package}: {row.output} is off by {row.max:.3g} {row.unit} (limit {row.limit:.2g}){mean} in "
            f"{row.executor} {row.arithmetic}; first to diverge: {diverging}"
        )


def _as_tensor(feature: Feature, item: SourceInput, value: Array) -> Array:
    """A case's value as the original takes it: a picture as NHWC, scaled in float32 as the package scales it."""
    if feature.kind == "tensor":
        return value
    scale, bias = np.float32((item.high - item.low) / 255), np.float32(item.low)
    picture = value[..., None] if value.ndim == 2 else value
    scaled: Array = (picture.astype(np.float32) * scale + bias)[None]
    return scaled


def _computes_in_float16(program: Program) -> bool:
    return any(output.type.dtype == "float16" for operation in program.operations for output in operation.outputs)

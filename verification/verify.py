"""A saved package against its original: both executed on the same cases, every output compared."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.cases import Case, extreme_cases, make_cases
from verification.comparison import Compared, Comparison, Terms
from verification.divergence import first_divergence
from verification.engines import Engine, engines
from verification.executor.errors import PackageError
from verification.executor.program import Feature, Program
from verification.executor.reference import ReferenceModel
from verification.limits import INDEX, MOST_BY_WEIGHTS, NOTHING, Limit, SelfDifference, limit
from verification.oracles.apart import original_apart
from verification.oracles.errors import OracleError
from verification.oracles.finished import finished
from verification.oracles.original import Original
from verification.oracles.rounded_weights import with_rounded_weights
from verification.parity import Differences, ParityRow
from verification.pictures import Picture
from verification.provenance import Meaning, Source, SourceInput, read_source
from verification.spread import Spread

Array = NDArray[Any]

EXTREME_TOLERANCE = 1e-4
"""On black or barred frames raw values reach 30,000, where float32 steps by 0.002: a share of the greatest.

For outputs whose limit is relative it is that limit's share of the greatest value, or of the range over the cases.
"""


ROUNDED = "litert, weights in float16"
"""The oracle's name where the original is run with the weights that a float16 package has."""

NOTED_ROUNDING = 1e-2
"""What rounding the weights may change, as a share of an output's range, before it is worth a note."""

BORDER: Mapping[str, float] = {"float32": 1e-4, "float16": 5e-3}
"""How close to its threshold a score or an overlap says nothing any more, by arithmetic.

The greatest errors measured in scores are 1e-6 and 4.7e-3, as the manifests of the Proposals packages have them.
"""


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: a row per output, engine and arithmetic, notes worth reading, and what failed.

    `network` holds rows for the values that a network hands over inside a program that goes on behind it.
    """

    package: str
    rows: tuple[ParityRow, ...]
    notes: tuple[str, ...]
    failures: tuple[str, ...]
    network: tuple[ParityRow, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the package says what its original says."""
        return not self.failures


def verify(
    package: Path,
    model: bytes,
    file: str,
    pictures: Sequence[Picture],
    count: int,
    meaning: Meaning,
    built_in_cases: bool = True,
) -> Verdict:
    """Execute `package` and the original `model` (bytes of the .tflite named `file`) on `count` cases and compare.

    `meaning` is what the original's outputs are known to mean: what the package says of it is not asked.
    `built_in_cases` says that these are the pictures and the count for which the limits were set.

    A package of a face network that saw not one face fails: agreement on noise proves nothing. PackageError or
    OracleError where one of both can't be executed at all.
    """
    with ExitStack() as processes:
        return _judge(_Judge(package, model, file, meaning, processes, built_in_cases), pictures, count)


def _judge(judge: "_Judge", pictures: Sequence[Picture], count: int) -> Verdict:
    pairs = [_Pair(judge, engine) for engine in engines(judge.package)]
    faces = 0
    for case in make_cases(judge.pictured, judge.source.subject, pictures, count):
        raw = judge.original_outputs(case)
        face = case.face and judge.sees_a_face(raw)
        faces += face
        for pair in pairs:
            pair.add(case, raw, face)
    failures = [failure for pair in pairs for failure in pair.failures()]
    if judge.source.subject != "any" and faces == 0:
        failures.insert(0, f"none of the {count} cases holds a face that the original sees: they prove nothing")
    scales = {name: differences.scale for name, differences in pairs[0].outputs.differences.items()}
    notes, too_coarse = judge.rounding(scales)
    failures += [*too_coarse, *judge.extremes(pictures, scales)]
    rows = tuple(row for pair in pairs for row in pair.outputs.rows())
    inside = tuple(row for pair in pairs for row in (pair.network.rows() if pair.network else ()))
    notes += [*(note for pair in pairs for note in pair.notes()), *_advice([*rows, *inside], len(failures))]
    return Verdict(judge.package.name, rows, (*pairs[0].outputs.idle(), *notes), tuple(failures), inside)


def _advice(rows: Sequence[ParityRow], failures: int) -> list[str]:
    """What to do where nothing but rows in float16 arithmetic failed."""
    failed = [row for row in rows if not row.passed]
    if not failed or len(failed) != failures or any(row.arithmetic == "float32" for row in failed):
        return []
    return ["in float32 arithmetic it agrees, it is float16 that costs too much: see --precision float32"]


class _Judge:
    """One package and its original."""

    def __init__(
        self, package: Path, model: bytes, file: str, meaning: Meaning, processes: ExitStack, built_in_cases: bool
    ) -> None:
        self.built_in_cases = built_in_cases
        self.package = package
        self._processes = processes
        self.reference = ReferenceModel(package, "float32")
        self.program: Program = self.reference.program
        self.source: Source = read_source(package.name, self.program.metadata.user_defined).meaning(meaning)
        self.finished = finished(package.name, self.program.metadata.user_defined)
        whole = {feature.name for feature in self.program.outputs if feature.dtype.startswith("int")}
        units = {item.name: INDEX if item.name in whole else item.unit for item in self.source.outputs}
        unknown = any(unit == INDEX or limit(unit, "float32", True).relative for unit in units.values())
        self._open(model, file, unknown)
        self.raw = [Compared(name, unit, self.oracle) for name, unit in units.items()]
        self.outputs = self._final_outputs() if self.finished else self.raw
        self._check_features()
        named = {feature.name: feature for feature in self.program.inputs}
        self.pictured = [named[item.name] for item in self.source.inputs]
        self.inside = self._handed_over() if self.finished else {}
        self.terms = Terms(package.name, self.limit, self.own, self.first_divergence)

    def _open(self, model: bytes, file: str, unknown: bool) -> None:
        """The original that the package is held to: with the package's weights, where units are `unknown`.

        Elsewhere `weights_exact` says whether the package's are the original's.
        """
        self.original: Original = self._apart(model, file)
        self.oracle, self._spread = "litert", None
        self.weights_exact = not _computes_in_float16(self.program) or self.original.weights_fit_float16
        if not unknown:
            return
        unrounded = None
        if not self.weights_exact:
            model, unrounded = with_rounded_weights(model), self.original
            self.original, self.oracle, self.weights_exact = self._apart(model, file), ROUNDED, True
        self._spread = Spread(self.original, self._other_kernels(model), unrounded)

    def _apart(self, model: bytes, file: str, delegate: bool = False) -> Original:
        return self._processes.enter_context(original_apart(model, file, delegate))

    def _other_kernels(self, model: bytes) -> Original | None:
        """The original in the delegate's kernels; None where it has no others, or they refuse it."""
        try:
            return None if self.original.needs_delegate else self._apart(model, self.original.file, delegate=True)
        except OracleError:
            return None

    def _final_outputs(self) -> list[Compared]:
        assert self.finished is not None
        units, features = self.finished.units, {feature.name: feature for feature in self.program.outputs}
        if units.keys() != features.keys():
            raise PackageError(f"{self.package.name}: its outputs are not the ones that its metadata describes")
        return [Compared(name, units[name], "numpy", not feature.type.is_static) for name, feature in features.items()]

    def _check_features(self) -> None:
        required = sorted(feature.name for feature in self.program.inputs if not feature.optional)
        if required != sorted(item.name for item in self.source.inputs):
            raise PackageError(f"{self.package.name}: its inputs are not the ones that its metadata describes")
        if sorted(feature.name for feature in self.program.outputs) != sorted(item.name for item in self.outputs):
            raise PackageError(f"{self.package.name}: its outputs are not the ones that its metadata describes")

    def _handed_over(self) -> dict[str, str]:
        """The program's value for each raw output; PackageError where it has none."""
        results = {output.name for operation in self.program.operations for output in operation.outputs}
        found = {}
        for item in self.raw:
            name = next((n for n in (f"raw_{item.name}", f"raw_{item.name}_cast_fp16") if n in results), None)
            if name is None:
                raise PackageError(f"{self.package.name}: its program has no raw_{item.name} to compare")
            found[item.name] = name
        return found

    def limit(self, output: Compared, engine: Engine) -> Limit:
        """What an output may be off by in an engine's arithmetic."""
        return limit(output.unit, engine.arithmetic, self.weights_exact, self.built_in_cases, self._side)

    @property
    def _side(self) -> int:
        """The width of the picture that the network takes, in pixels; 1 where it takes none."""
        return next((feature.shape[-1] for feature in self.program.inputs if feature.kind == "image"), 1)

    def own(self, name: str) -> SelfDifference:
        """What the original's output `name` differed from itself by in the cases so far; 0 where nobody asked."""
        tensor = next((item.tensor for item in self.source.outputs if item.name == name), None)
        return NOTHING if self._spread is None or tensor is None else self._spread.of(tensor)

    def rounding(self, scales: Mapping[str, float]) -> tuple[list[str], list[str]]:
        """Notes and failures: what rounding the weights, which the package has rounded, makes of the original.

        `scales` holds each output's range over the cases. The output that changes most speaks for the others.
        """
        changes = {o.name: (self.own(o.name), scales[o.name]) for o in self.outputs}
        moved = {name: own for name, (own, scale) in changes.items() if own.rounding > NOTED_ROUNDING * scale}
        if not moved:
            return [], []
        name = max(moved, key=lambda name: moved[name].rounding_mean / (changes[name][1] or 1.0))
        own, scale = changes[name]
        others = f" and {len(moved) - 1} more outputs by less" if len(moved) > 1 else ""
        said = (
            f"rounding the original's weights to float16 changes {name} by a share of "
            f"{own.rounding_mean / (scale or 1.0):.2g} on average, at most {own.rounding / (scale or 1.0):.2g}{others}"
        )
        if own.rounding_mean > MOST_BY_WEIGHTS * scale:
            return [], [f"{self.package.name}: {said} (limit {MOST_BY_WEIGHTS}); convert with --precision float32"]
        return [f"{said}; --precision float32 keeps them"], []

    def original_outputs(self, case: Case) -> dict[str, Array]:
        """What the original's network makes of a case, by the package's names; it counts for its spread."""
        inputs = {
            item.tensor: _as_tensor(feature, item, case.inputs[item.name])
            for feature, item in zip(self.pictured, self.source.inputs, strict=True)
        }
        outputs = self.original.run(inputs)
        if missing := [item.tensor for item in self.source.outputs if item.tensor not in outputs]:
            raise OracleError(
                f"{self.original.file}: no output '{missing[0]}'; the package was made from another model"
            )
        if self._spread is not None:
            self._spread.add(inputs, outputs)
        try:
            return {item.name: outputs[item.tensor].reshape(item.shape) for item in self.source.outputs}
        except ValueError as error:
            raise OracleError(f"{self.original.file}: {error}; the package was made from another model") from error

    def expected(self, raw: dict[str, Array]) -> dict[str, Array]:
        """What the package must answer where the original's network makes `raw`."""
        return self.finished.outputs(raw) if self.finished else raw

    def sees_a_face(self, raw: dict[str, Array]) -> bool:
        """Whether the original says so, by a logit above 0 (a score above one half); without logits it can't object."""
        logits = [raw[item.name] for item in self.source.outputs if item.unit == "logit"]
        return not logits or any(bool(np.any(values > 0)) for values in logits)

    def first_divergence(self, case: Case) -> str:
        """The operator at which the package leaves its original, in float32 arithmetic."""
        self.original_outputs(case)
        trace = self.reference.trace(case.as_prediction_input(self.pictured))
        # Ten times what the order of sums makes, or what rounded weights make, of a tensor's range.
        tolerance = 1e-4 if self.weights_exact else 2e-2
        return first_divergence(trace, self.original, tolerance) or "no operator by itself, it adds up"

    def extremes(self, pictures: Sequence[Picture], scales: Mapping[str, float]) -> list[str]:
        """What goes wrong on black, white and barred frames: values that are not finite, or not the original's.

        `scales` holds each output's range over the other cases.
        """
        failures = []
        for case in extreme_cases(self.pictured, pictures[0]) if pictures else []:
            raw = self.original_outputs(case)
            given = case.as_prediction_input(self.pictured)
            found, inside = self.reference.predict_watching(given, tuple(self.inside.values()))
            handed_over = {name: inside[value] for name, value in self.inside.items()}
            network = self.raw if self.inside else []
            failures += self._off_on_extreme(case, self.outputs, found, self.expected(raw), scales)
            failures += self._off_on_extreme(case, network, handed_over, raw, scales)
        return failures

    def _off_on_extreme(
        self,
        case: Case,
        outputs: Sequence[Compared],
        found: Mapping[str, Array],
        expected: Mapping[str, Array],
        scales: Mapping[str, float],
    ) -> list[str]:
        """Which of `outputs` are too far from the `expected` ones on an extreme frame."""
        failures = []
        for output in outputs:
            values = expected[output.name]
            size = float(np.abs(values).max(initial=0.0))
            error = _difference(found[output.name], values, output.unit)
            allowed = self._allowed_on_extremes(output, size, scales.get(output.name, 0.0))
            if not error <= allowed < np.inf:
                failures.append(
                    f"{self.package.name}: {output.name} on a {case.name} frame is off by {error:.2g} of "
                    f"{size:.3g} (limit {allowed:.2g})"
                )
        return failures

    def _allowed_on_extremes(self, output: Compared, size: float, scale: float) -> float:
        """What an output may be off by on an extreme frame on which its greatest value is `size`."""
        allowed = limit(output.unit, "float32", self.weights_exact)
        if output.unit == INDEX:
            return allowed.mean or 0.0
        if allowed.relative:
            return allowed.allowed(max(size, scale), self.own(output.name))
        return max(1.0, size) * (EXTREME_TOLERANCE if self.weights_exact else 100 * EXTREME_TOLERANCE)


class _Pair:
    """One engine's comparisons: of the package's outputs, and of what its network hands over inside the program."""

    def __init__(self, judge: _Judge, engine: Engine) -> None:
        self._judge = judge
        self._engine = engine
        self.outputs = Comparison(judge.terms, engine, judge.outputs)
        self._inside = judge.inside if engine.watches else {}
        self.network = Comparison(judge.terms, engine, judge.raw) if self._inside else None
        self._borderline = 0
        self._cases = 0

    def add(self, case: Case, raw: dict[str, Array], face: bool) -> None:
        """Execute one case, in which the original sees a `face` or none."""
        self._cases += 1
        given = case.as_prediction_input(self._judge.pictured)
        found, inside = self._engine.predict(given, tuple(self._inside.values()))
        if self.network:
            self.network.add(case, {name: inside[value] for name, value in self._inside.items()}, raw, face)
        margin = BORDER[self._engine.arithmetic]
        if (done := self._judge.finished) and done.is_borderline(raw, margin, self._change()):
            self._borderline += 1
            return
        self.outputs.add(case, found, self._judge.expected(raw), face)

    def _change(self) -> float:
        """The least change that counts: half of what the boxes may be off by."""
        return self._judge.limit(Compared("landmarks", "normalised", "numpy"), self._engine).max / 2

    def notes(self) -> list[str]:
        """What is to be known of the comparisons."""
        notes = self.outputs.widened()
        if self._borderline:
            notes.append(
                f"{self._borderline} of {self._cases} cases have a score or an overlap beside its threshold: "
                f"not compared in {self._engine.name} {self._engine.arithmetic}"
            )
        return notes

    def failures(self) -> list[str]:
        """What is beyond its limits."""
        failures = [*self.outputs.failures(), *(self.network.failures() if self.network else [])]
        if 2 * self._borderline > self._cases:
            name = self._judge.package.name
            failures.append(
                f"{name}: {self._borderline} of {self._cases} cases lie beside a threshold: too few are left"
            )
        return failures


def _difference(found: Array, expected: Array, unit: str) -> float:
    """The greatest difference in one case; of an index, the share that differs."""
    if found.size != expected.size:
        return np.inf
    differences = Differences(names=unit == INDEX)
    differences.add(found, expected)
    return differences.greatest


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

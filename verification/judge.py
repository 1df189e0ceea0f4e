"""One package and its original: what is to be compared, by which limits, and what the original says of a case."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verification.cases import Case
from verification.comparison import Compared, Terms
from verification.divergence import first_divergence
from verification.engines import Engine
from verification.executor.errors import PackageError
from verification.executor.program import Feature, Program
from verification.executor.reference import ReferenceModel
from verification.limits import INDEX, MOST_BY_WEIGHTS, NOTHING, Limit, SelfDifference, limit
from verification.oracles.apart import original_apart
from verification.oracles.errors import OracleError
from verification.oracles.finished import finished
from verification.oracles.original import Original
from verification.oracles.rounded_weights import with_rounded_weights
from verification.provenance import Meaning, Source, SourceInput, read_source
from verification.spread import Spread

Array = NDArray[Any]

ROUNDED = "litert, weights in float16"
"""The oracle's name where the original is run with the weights that a float16 package has."""

FACE = "face"
"""The only class of a detector that has a score."""

DEFAULT_DIGITS = 6
"""Thresholds are stored as float32: so many digits of theirs are what was written."""

NOTED_ROUNDING = 1e-2
"""What rounding the weights may change, as a share of an output's range, before it is worth a note."""


class Judge:
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
        self._diverging: dict[Case, str] = {}
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
        defaults = {feature.name: feature.default for feature in self.program.inputs if feature.optional}
        if (expected := self.finished.defaults if self.finished else {}) != {
            name: default if default is None else round(default, DEFAULT_DIGITS) for name, default in defaults.items()
        }:
            raise PackageError(f"{self.package.name}: its optional inputs are {defaults}, its metadata say {expected}")
        if self.program.stages and self.program.stages.suppression.labels[:1] != (FACE,):
            raise PackageError(f"{self.package.name}: its first class is not '{FACE}', whose score stands in column 0")
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
        return limit(output.unit, engine.arithmetic, self.weights_exact, self.built_in_cases, self.side)

    @property
    def side(self) -> int:
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
        """The operator at which the package leaves its original, in float32 arithmetic.

        Several outputs have the same worst case in several engines; each case is followed once.
        """
        if case not in self._diverging:
            self._diverging[case] = self._follow(case)
        return self._diverging[case]

    def _follow(self, case: Case) -> str:
        self.original_outputs(case)
        trace = self.reference.trace(case.as_prediction_input(self.pictured))
        # Ten times what the order of sums makes, or what rounded weights make, of a tensor's range.
        tolerance = 1e-4 if self.weights_exact else 2e-2
        return first_divergence(trace, self.original, tolerance) or "no operator by itself, it adds up"


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

"""Who can execute a saved package here, each called like coremltools' predict."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from verification.executor.reference import ReferenceModel
from verification.limits import Arithmetic

Arrays = Mapping[str, NDArray[Any]]
ComputeUnits = Literal["CPU_ONLY", "CPU_AND_GPU", "CPU_AND_NE", "ALL"]
"""coremltools.ComputeUnit, by name."""


class Predictor(Protocol):
    """coremltools' MLModel, or the reference."""

    def predict(self, inputs: Mapping[str, Any], /) -> Arrays:
        """Outputs by name, for pictures and arrays by name."""


@dataclass(frozen=True)
class Engine:
    """A way to execute a package: its name in the manifest, and how it computes."""

    name: str
    arithmetic: Arithmetic
    model: Predictor

    @property
    def watches(self) -> bool:
        """Whether values inside the program can be looked at."""
        return isinstance(self.model, ReferenceModel)

    def predict(self, inputs: Mapping[str, Any], watched: Sequence[str] = ()) -> tuple[Arrays, Arrays]:
        """The package's outputs by name, and the values `watched` inside its program."""
        if isinstance(self.model, ReferenceModel) and watched:
            return self.model.predict_watching(inputs, watched)
        return self.model.predict(inputs), {}


def engines(package: Path, reference: ReferenceModel) -> list[Engine]:
    """The reference in both arithmetics, and on a Mac Core ML itself, on the CPU, which rounds as the package says.

    `reference` executes the package in float32.
    """
    found = [
        Engine("reference", "float32", reference),
        Engine("reference", "float16", reference.computing_in("float16")),
    ]
    if sys.platform == "darwin":
        found.append(core_ml_engine(package))
    return found


def core_ml_engine(package: Path, units: ComputeUnits = "CPU_ONLY") -> Engine:
    """The package in Core ML on these units.

    Its arithmetic is float16 on all of them, since the package declares it for the network: a Neural Engine knows no
    other, a GPU and a CPU may keep more digits within an operator, never fewer than its float16 output has.
    """
    return Engine("coreml", "float16", core_ml(package, units))


def core_ml(package: Path, units: ComputeUnits = "CPU_ONLY") -> Predictor:
    """The package in Core ML, on the CPU alone where nothing else is said: hosted Macs have no Neural Engine to use."""
    import coremltools as ct

    model: Predictor = ct.models.MLModel(str(package), compute_units=ct.ComputeUnit[units])
    return model


def predictor(package: Path) -> Predictor:
    """Core ML on a Mac, elsewhere the reference, in the arithmetic that the package declares."""
    return core_ml(package) if sys.platform == "darwin" else ReferenceModel(package, "float16")

"""What a package's form is: its final outputs, and how they follow from the network's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

Array = NDArray[Any]
Raw = Mapping[str, Array]
"""A network's outputs by the names that models.toml gives them."""


@dataclass(frozen=True)
class Scalar:
    """An optional input of one float32 number."""

    name: str
    default: float
    meaning: str


@dataclass(frozen=True)
class Output:
    """A final output: its unit is "normalised" (0-1 over the input's side), "probability" or "faces"."""

    name: str
    unit: str
    meaning: str


class Form(Protocol):
    """One kind of package."""

    @property
    def name(self) -> str:
        """What the form is called in a package's metadata."""

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The package's inputs beside the image."""

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The package's outputs."""

    def metadata(self) -> dict[str, str]:
        """The entries of the user-defined metadata by which a package is understood."""

    def finish(self, raw: Raw) -> dict[str, Array]:
        """The package's outputs for the network's, scalars at their defaults."""

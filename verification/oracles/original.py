"""The original that a package is held to: who runs it depends on its operators."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from pipelines.cutting import custom_kinds
from pipelines.region_operators import KERNELS
from verification.oracles.litert import LiteRT
from verification.oracles.segments import SegmentedLiteRT

Array = NDArray[Any]


class Original(Protocol):
    """A `.tflite` that can be run and looked into."""

    file: str

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The outputs by tensor name, for inputs by tensor name in the original's own shapes (pictures NHWC)."""

    @property
    def operators(self) -> tuple[tuple[int, str, tuple[int, ...]], ...]:
        """Index, kind and output tensors of each operator, in the order of execution."""

    def tensor(self, index: int) -> Array | None:
        """Tensor `index` as the last run left it; None where it holds nothing, or was fused away."""

    def name(self, index: int) -> str:
        """The name of tensor `index`."""

    @property
    def needs_delegate(self) -> bool:
        """Whether there is but one set of kernels that runs it."""

    @property
    def weights_fit_float16(self) -> bool:
        """Whether rounding to float16 leaves every float32 constant as it is: then a float16 package loses nothing."""


def open_original(model: bytes, file: str) -> Original:
    """LiteRT, cut into segments where the model has operators that it lacks. OracleError where nothing runs it."""
    if custom_kinds(model) & KERNELS.keys():
        return SegmentedLiteRT(model, file)
    return LiteRT(model, file)

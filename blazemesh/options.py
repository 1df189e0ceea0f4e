"""What can be chosen of a conversion and of a build; nothing heavy is imported for it."""

from dataclasses import dataclass
from pathlib import Path

from blazemesh.errors import InputError
from pipelines.slots import MOST_SLOTS, SLOTS

SUFFIX = ".mlpackage"
PACKAGES = Path("build/coreml")
"""Where packages are built to, and looked for, unless another folder is named."""


@dataclass(frozen=True)
class Request:
    """What to convert and how; `input_range` and `batch` are None where the user left them open."""

    precision: str = "float16"
    target: str = "iOS16"
    expand_prelu: bool = False
    tensor_input: bool = False
    input_range: tuple[float, float] | None = None
    batch: int | None = None


@dataclass(frozen=True)
class BuildOptions:
    """What the apps' packages are built with: `slots` faces at most, Vision pipelines with landmarks, PReLU as it is.

    InputError for a number of slots that no package has.
    """

    precision: str = "float16"
    target: str = "iOS16"
    slots: int = SLOTS
    plain_vision: bool = False
    expand_prelu: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.slots <= MOST_SLOTS:
            raise InputError(f"found {self.slots} slots, expected 1 to {MOST_SLOTS}")

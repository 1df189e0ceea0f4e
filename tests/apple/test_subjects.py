from types import SimpleNamespace
from typing import Any

import pytest

from tests.apple.subjects import subjects


@pytest.mark.parametrize(
    ("kinds", "test", "expected"),
    [
        (["cast", "leaky_relu"], "test_activation.py::TestLeakyReLU::test_smoke[backend=1]", ["leaky_relu"]),
        (["cast", "add", "mul"], "test_x.py::TestElementwiseBinary::test_smoke", ["add", "mul"]),
        (["cast"], "test_x.py::TestElementwiseUnary::test_smoke[unit=1-mode=cast]", ["cast"]),
        (["cast", "abs"], "test_x.py::TestElementwiseUnary::test_smoke[unit=1-mode=abs]", ["abs"]),
        (["cast"], "test_x.py::TestShape::test_smoke", []),
    ],
)
def test_subjects(kinds: list[str], test: str, expected: list[str]) -> None:
    program: Any = SimpleNamespace(histogram=lambda: dict.fromkeys(kinds, 1))
    assert subjects(program, test) == expected

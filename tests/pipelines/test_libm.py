import ctypes
import math

import numpy as np
import pytest

from pipelines import libm


@pytest.mark.parametrize(("name", "exact"), [("atan2", math.atan2), ("cos", math.cos), ("sin", math.sin)])
def test_functions_are_right_to_the_last_bit_but_one(name: str, exact: object) -> None:
    generator = np.random.default_rng(1)
    for values in generator.uniform(-3, 3, (200, 2 if name == "atan2" else 1)).astype(np.float32):
        found, told = getattr(libm, name)(*values), exact(*map(float, values))  # type: ignore[operator]
        assert isinstance(found, np.float32)
        assert abs(float(found) - told) <= np.spacing(np.float32(abs(told)))


def test_without_a_c_library_the_numbers_are_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: object) -> None:
        raise OSError("no library")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    function = libm._function("cosf", 1, math.cos)
    assert function(np.float32(0.5)) == np.float32(math.cos(0.5))
    assert isinstance(function(np.float32(0.5)), np.float32)

"""The vectors that Swift is held to are what the twins compute."""

import json
from typing import Any

import numpy as np
import pytest

from blazemesh.core_vectors.files import FILES
from blazemesh.core_vectors.vectors import Case, Vectors, bits, from_bits, numbers
from tests.golden_vectors import golden


def difference(found: Any, told: Any) -> float:
    """The largest difference of two documents' numbers; infinite where anything else differs."""
    match found, told:
        case dict(), dict():
            pairs = [(found[key], told[key]) for key in told] if found.keys() == told.keys() else [(0, None)]
        case list(), list():
            pairs = list(zip(found, told, strict=True)) if len(found) == len(told) else [(0, None)]
        case (int() | float(), int() | float()):
            return abs(found - told)
        case _:
            return 0.0 if found == told and type(found) is type(told) else float("inf")
    return max((difference(*pair) for pair in pairs), default=0.0)


@pytest.mark.parametrize("vectors", FILES, ids=lambda vectors: vectors.name)
def test_the_twins_compute_the_committed_vectors(vectors: Vectors) -> None:
    document = golden(vectors.name)
    assert list(document) == ["what", "made_by", "tolerance", "cases"]
    assert (document["what"], document["tolerance"]) == (vectors.what, vectors.tolerance)
    assert document["cases"]
    # Another C library or BLAS may differ in the last digits.
    wrong = {c["name"]: d for c in document["cases"] if (d := off(vectors, c)) > vectors.tolerance / 2}
    assert wrong == {}


def off(vectors: Vectors, case: Case) -> float:
    return difference(vectors.answer(case), case["expected"])


@pytest.mark.parametrize("vectors", FILES, ids=lambda vectors: vectors.name)
def test_the_inputs_are_the_committed_ones(vectors: Vectors) -> None:
    made = [case["name"] for case in vectors.inputs()]
    assert made == [case["name"] for case in golden(vectors.name)["cases"]]
    assert len(set(made)) == len(made)


def test_a_difference_is_seen() -> None:
    assert difference({"a": [1.0, 2]}, {"a": [1.0, 2.5]}) == 0.5
    assert difference({"a": 1}, {"b": 1}) == float("inf")
    assert difference([1], [1, 2]) == float("inf")
    assert difference(None, 1) == float("inf")
    assert difference(True, False) == 1


def test_numbers_come_back_as_they_were() -> None:
    values = np.random.default_rng(0).integers(0, 2**32, 1000, np.uint32).view(np.float32)
    assert np.array_equal(from_bits(bits(values)).view(np.uint32), values.view(np.uint32))
    finite = values[np.isfinite(values)]
    assert np.array_equal(np.array(json.loads(json.dumps(numbers(finite))), np.float32), finite)
    with pytest.raises(ValueError, match="not finite"):
        numbers([np.nan])

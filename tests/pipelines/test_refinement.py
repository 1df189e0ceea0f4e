import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.errors import ShapeError
from pipelines.refinement import attention_refinement, refine


def outputs(seed: int) -> dict[str, NDArray[np.float32]]:
    generator = np.random.default_rng(seed)
    shapes = attention_refinement().outputs
    return {name: generator.uniform(-20, 212, shape).astype(np.float32) for name, shape in shapes}


def test_each_point_is_the_last_outputs_that_names_it() -> None:
    tensors, recipe = outputs(0), attention_refinement()
    found = refine(tensors, 192)
    assert found.shape == (478, 3)
    assert found.dtype == np.float32
    for point in range(468):
        x, y = tensors["landmarks"][point, :2]
        for name, places in recipe.overwrites:
            if point in places:
                x, y = tensors[name][places.index(point)]
        np.testing.assert_allclose(found[point], np.array([x, y, tensors["landmarks"][point, 2]]) / 192, rtol=1e-6)


def test_irises_lie_as_deep_as_their_eyes() -> None:
    """The picture's left eye holds the points 33 and 133, the right one 263 and 362."""
    tensors = outputs(1)
    tensors["landmarks"][:, 2] = 0
    tensors["landmarks"][[33, 133], 2] = 48
    tensors["landmarks"][[263, 362], 2] = -96
    tensors["landmarks"][[130, 359], 2] = 1000  # the seventeenth of either eye: not counted
    found = refine(tensors, 192)
    np.testing.assert_allclose(found[468:473, 2], 48 * 2 / 16 / 192, rtol=1e-6)
    np.testing.assert_allclose(found[473:, 2], -96 * 2 / 16 / 192, rtol=1e-6)
    np.testing.assert_array_equal(found[468:473, :2], tensors["leftIris"] / np.float32(192))
    np.testing.assert_array_equal(found[473:, :2], tensors["rightIris"] / np.float32(192))


def test_what_was_given_stays_as_it_was() -> None:
    tensors = outputs(2)
    before = {name: value.copy() for name, value in tensors.items()}
    refine(tensors, 192)
    assert all((tensors[name] == value).all() for name, value in before.items())


@pytest.mark.parametrize(("name", "shape"), [("lips", (160,)), ("landmarks", (478, 3)), ("leftIris", (5, 3))])
def test_an_output_of_another_shape(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=f"output {name} of shape"):
        refine(outputs(3) | {name: np.zeros(shape, np.float32)}, 192)

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]


@pytest.mark.parametrize("shape", [[6, 20], [0, -1, 0], [-1], [4, 3, 5, 2]])
def test_reshape(shape: list[int], run_one: Run, random: Random) -> None:
    x = random(4, 6, 5)
    result = run_one(lambda x: mb.reshape(x=x, shape=shape), {"x": x}, "reshape")
    sizes = {"[0, -1, 0]": (4, 6, 5), "[-1]": (120,)}.get(str(shape), tuple(shape))
    assert result.shape == sizes
    assert np.array_equal(result.ravel(), x.ravel())


def test_transpose(run_one: Run, random: Random) -> None:
    x = random(2, 3, 4, 5)
    result = run_one(lambda x: mb.transpose(x=x, perm=[0, -2, -1, 1]), {"x": x}, "transpose")
    assert result.shape == (2, 4, 5, 3)
    assert all(result[b, i, j, c] == x[b, c, i, j] for b, c, i, j in np.ndindex(x.shape))


def test_expand_dims_counts_axes_in_the_result(run_one: Run, random: Random) -> None:
    x = random(2, 3)
    result = run_one(lambda x: mb.expand_dims(x=x, axes=[0, -2]), {"x": x}, "expand_dims")
    assert result.shape == (1, 2, 1, 3)
    assert np.array_equal(result.ravel(), x.ravel())


@pytest.mark.parametrize(("axes", "shape"), [(None, (3, 2)), ([-1], (1, 3, 1, 2)), ([1, 0], (3, 1, 2, 1))])
def test_squeeze_keeps_axes_longer_than_one(
    axes: list[int] | None, shape: tuple[int, ...], run_one: Run, random: Random
) -> None:
    x = random(1, 3, 1, 2, 1)
    options = {} if axes is None else {"axes": axes}
    result = run_one(lambda x: mb.squeeze(x=x, **options), {"x": x}, "squeeze")
    assert result.shape == shape
    assert np.array_equal(result.ravel(), x.ravel())


def test_squeeze_of_nothing(run_one: Run, random: Random) -> None:
    x = random(2, 3)
    assert np.array_equal(run_one(lambda x: mb.squeeze(x=x, axes=[1]), {"x": x}, "squeeze"), x)


def test_concat(run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 1, 3), "y": random(2, 4, 3)}
    result = run_one(lambda x, y: mb.concat(values=[x, y, x], axis=-2), inputs, "concat")
    assert result.shape == (2, 6, 3)
    assert np.array_equal(result[:, 0], inputs["x"][:, 0])
    assert np.array_equal(result[:, 1:5], inputs["y"])
    assert np.array_equal(result[:, 5], inputs["x"][:, 0])


def test_concat_by_turns(run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 3, 2), "y": random(2, 3, 2)}
    result = run_one(lambda x, y: mb.concat(values=[x, y], axis=-2, interleave=True), inputs, "concat")
    assert result.shape == (2, 6, 2)
    assert np.array_equal(result[:, ::2], inputs["x"])
    assert np.array_equal(result[:, 1::2], inputs["y"])


@pytest.mark.parametrize(("axis", "shape"), [(1, (2, 12)), (-1, (6, 4)), (0, (1, 24))])
def test_flatten2d(axis: int, shape: tuple[int, int], run_one: Run, random: Random) -> None:
    x = random(2, 3, 4)
    result = run_one(lambda x: mb.flatten2d(x=x, axis=axis), {"x": x}, "flatten2d")
    assert result.shape == shape
    assert np.array_equal(result.ravel(), x.ravel())


@pytest.mark.parametrize("axis", [1, -1])
def test_stack(axis: int, run_one: Run, random: Random) -> None:
    inputs = {"x": random(2, 3), "y": random(2, 3)}
    result = run_one(lambda x, y: mb.stack(values=[x, y], axis=axis), inputs, "stack")
    parts = (result[:, 0], result[:, 1]) if axis == 1 else (result[..., 0], result[..., 1])
    assert np.array_equal(parts[0], inputs["x"])
    assert np.array_equal(parts[1], inputs["y"])


@pytest.mark.parametrize("options", [{"split_sizes": [1, 4, 1]}, {"num_splits": 3}])
def test_split(options: dict[str, Any], run: Callable[..., dict[str, Array]], random: Random) -> None:
    x = random(2, 6, 3)
    parts = list(run(lambda x: mb.split(x=x, axis=-2, **options), {"x": x}, "split").values())
    assert [part.shape[1] for part in parts] == options.get("split_sizes", [2, 2, 2])
    assert np.array_equal(np.concatenate(parts, 1), x)


def test_tile(run_one: Run, random: Random) -> None:
    x = random(2, 3)
    result = run_one(lambda x: mb.tile(x=x, reps=[3, 2]), {"x": x}, "tile")
    assert all(result[i, j] == x[i % 2, j % 3] for i, j in np.ndindex(6, 6))


def test_constant_pad_covers_the_last_axes_in_order(run_one: Run, random: Random) -> None:
    x = random(2, 3, 4)
    result = run_one(lambda x: mb.pad(x=x, pad=[1, 0, 2, 3], constant_val=7.0), {"x": x}, "pad")
    assert result.shape == (2, 4, 9)
    assert np.array_equal(result[:, 1:, 2:6], x)
    result[:, 1:, 2:6] = 7
    assert (result == 7).all()


def test_channel_pad(run_one: Run, random: Random) -> None:
    x = random(1, 3, 2, 2)
    result = run_one(lambda x: mb.pad(x=x, pad=[0, 0, 0, 2, 0, 0, 0, 0]), {"x": x}, "pad")
    assert np.array_equal(result[:, :3], x)
    assert result.shape == (1, 5, 2, 2)
    assert not result[:, 3:].any()


@pytest.mark.parametrize(
    ("mode", "columns"), [("reflect", [2, 1, 0, 1, 2, 3, 2]), ("replicate", [0, 0, 0, 1, 2, 3, 3])]
)
def test_pad_from_the_border(mode: str, columns: list[int], run_one: Run, random: Random) -> None:
    x = random(1, 2, 3, 4)
    result = run_one(lambda x: mb.pad(x=x, pad=[0, 0, 2, 1], mode=mode), {"x": x}, "pad")
    assert np.array_equal(result, x[..., columns])


def test_reflection_can_not_exceed_the_axis(run_one: Run, random: Random) -> None:
    with pytest.raises(PackageError, match="too much to reflect"):
        run_one(lambda x: mb.pad(x=x, pad=[0, 4], mode="reflect"), {"x": random(2, 4)})


def test_depth_to_space_is_in_tensorflow_order(run_one: Run, random: Random) -> None:
    x = random(1, 12, 2, 3)
    result = run_one(lambda x: mb.depth_to_space(x=x, block_size=2), {"x": x}, "depth_to_space")
    assert result.shape == (1, 3, 4, 6)
    # tf.nn.depth_to_space: the depth holds rows of the block first, then columns, then the channels.
    for channel, row, column in np.ndindex(result.shape[1:]):
        depth = ((row % 2) * 2 + column % 2) * 3 + channel
        assert result[0, channel, row, column] == x[0, depth, row // 2, column // 2]


def test_space_to_depth_is_its_inverse(run_one: Run, random: Random) -> None:
    x = random(1, 3, 4, 6)
    result = run_one(lambda x: mb.space_to_depth(x=x, block_size=2), {"x": x}, "space_to_depth")
    assert result.shape == (1, 12, 2, 3)
    for channel, row, column in np.ndindex(x.shape[1:]):
        depth = ((row % 2) * 2 + column % 2) * 3 + channel
        assert result[0, depth, row // 2, column // 2] == x[0, channel, row, column]


def test_pixel_shuffle_is_in_pytorch_order(run_one: Run, random: Random) -> None:
    x = random(1, 12, 2, 3)
    result = run_one(lambda x: mb.pixel_shuffle(x=x, upscale_factor=2), {"x": x}, "pixel_shuffle")
    # torch.nn.PixelShuffle: the depth holds the channels first, then rows of the block, then columns.
    for channel, row, column in np.ndindex(result.shape[1:]):
        depth = (channel * 2 + row % 2) * 2 + column % 2
        assert result[0, channel, row, column] == x[0, depth, row // 2, column // 2]

from collections.abc import Callable

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., Array]
Random = Callable[..., Array]


def test_space_to_batch(run_one: Run, random: Random) -> None:
    x = random(2, 3, 4, 5)
    result = run_one(
        lambda x: mb.space_to_batch(x=x, block_shape=[2, 3], paddings=[[1, 1], [0, 1]]), {"x": x}, "space_to_batch"
    )
    padded = np.zeros((2, 3, 6, 6), np.float32)
    padded[:, :, 1:5, :5] = x
    assert result.shape == (12, 3, 3, 2)
    # tf.nn.space_to_batch: the place in the block counts before the picture.
    for n, i, j in np.ndindex(2, 2, 3):
        assert np.array_equal(result[(i * 3 + j) * 2 + n], padded[n, :, i::2, j::3])


def test_batch_to_space(run_one: Run, random: Random) -> None:
    x = random(12, 3, 3, 2)
    result = run_one(
        lambda x: mb.batch_to_space(x=x, block_shape=[2, 3], crops=[[1, 0], [2, 1]]), {"x": x}, "batch_to_space"
    )
    whole = np.zeros((2, 3, 6, 6), np.float32)
    for n, i, j in np.ndindex(2, 2, 3):
        whole[n, :, i::2, j::3] = x[(i * 3 + j) * 2 + n]
    assert np.array_equal(result, whole[:, :, 1:, 2:5])


def test_blocks_that_do_not_fit_are_refused(run_one: Run, random: Random) -> None:
    with pytest.raises(PackageError, match="found blocks of 2x2 for 5x4 padded pixels"):
        run_one(
            lambda x: mb.space_to_batch(x=x, block_shape=[2, 2], paddings=[[0, 0], [0, 0]]), {"x": random(1, 1, 5, 4)}
        )


def test_pixel_unshuffle_is_in_pytorch_order(run_one: Run, random: Random) -> None:
    x = random(1, 3, 4, 6)
    result = run_one(lambda x: mb.pixel_unshuffle(x=x, downscale_factor=np.uint32(2)), {"x": x}, "pixel_unshuffle")
    assert result.shape == (1, 12, 2, 3)
    for channel, row, column in np.ndindex(x.shape[1:]):
        depth = (channel * 2 + row % 2) * 2 + column % 2
        assert result[0, depth, row // 2, column // 2] == x[0, channel, row, column]

from typing import Any

import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network, Pair


def spread(network: Network, x: int, block: Pair, pads: list[Pair]) -> int:
    batch, rows, columns, channels = network.shape(x)
    shape = (
        batch * block[0] * block[1],
        (rows + sum(pads[0])) // block[0],
        (columns + sum(pads[1])) // block[1],
        channels,
    )
    return network.operator("SPACE_TO_BATCH_ND", [x, network.integers(block), network.integers(pads)], shape)


def gathered(network: Network, x: int, block: Pair, crops: list[Pair]) -> int:
    batch, rows, columns, channels = network.shape(x)
    shape = (
        batch // (block[0] * block[1]),
        rows * block[0] - sum(crops[0]),
        columns * block[1] - sum(crops[1]),
        channels,
    )
    return network.operator("BATCH_TO_SPACE_ND", [x, network.integers(block), network.integers(crops)], shape)


def test_blocks_to_pictures_and_back(judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (2, 4, 6, 3)), 2)
    for block, pads in (((2, 2), [(0, 0), (0, 0)]), ((2, 3), [(1, 1), (2, 1)]), ((1, 2), [(0, 0), (2, 0)])):
        pictures = spread(network, x, block, pads)
        network.output(pictures, gathered(network, network.unary("RELU", pictures), block, pads))
    judge(network)


def test_steps_to_series_and_back(judge: Convert) -> None:
    network = Network()
    x = network.input("series", (2, 10, 3))
    for block, pads in ((2, (0, 0)), (3, (2, 0)), (4, (1, 1))):
        shape = (2 * block, (10 + sum(pads)) // block, 3)
        series = network.operator("SPACE_TO_BATCH_ND", [x, network.integers([block]), network.integers([pads])], shape)
        y = network.unary("RELU", series)
        back = [y, network.integers([block]), network.integers([pads])]
        network.output(series, network.operator("BATCH_TO_SPACE_ND", back, (2, 10, 3)))
    judge(network)


def test_a_dilated_convolution_is_one(judge: Convert) -> None:
    network = Network()
    x = network.conv(network.input("picture", (1, 9, 9, 3)), 2)
    spaced = network.conv(spread(network, x, (2, 2), [(2, 3), (2, 3)]), 4, padding="VALID")
    network.output(gathered(network, spaced, (2, 2), [(0, 1), (0, 1)]))
    kinds = judge(network).kinds()
    assert kinds["conv"] == 2


def test_space_to_depth(judge: Convert) -> None:
    network = Network()
    picture = network.input("picture", (1, 6, 12, 3))
    for block in (2, 3):
        shape = (1, 6 // block, 12 // block, 3 * block**2)
        network.output(network.operator("SPACE_TO_DEPTH", [picture], shape, blockSize=block))
        x = network.conv(picture, 4)
        network.output(network.operator("SPACE_TO_DEPTH", [x], (*shape[:3], 4 * block**2), blockSize=block))
    judge(network)


REFUSED: list[tuple[str, list[Any], dict[str, Any], str]] = [
    ("SPACE_TO_BATCH_ND", [[0, 2], [[0, 0], [0, 0]]], {}, r"input \[1, 4, 4, 4\], block \[0, 2\]"),
    ("SPACE_TO_BATCH_ND", [[2, 2], [[0, -2], [0, 0]]], {}, r"border \[\[0, -2\], \[0, 0\]\]"),
    ("BATCH_TO_SPACE_ND", [[2], [[0, 0]]], {}, r"block \[2\]"),
    ("SPACE_TO_DEPTH", [], {"blockSize": 0}, r"input \[1, 4, 4, 4\], block 0, expected"),
]


@pytest.mark.parametrize(("kind", "constants", "options", "message"), REFUSED)
def test_what_no_block_is(
    kind: str, constants: list[Any], options: dict[str, Any], message: str, convert: Convert
) -> None:
    network = Network()
    operands = [network.input("picture", (1, 4, 4, 4)), *(network.integers(values) for values in constants)]
    network.output(network.operator(kind, operands, (4, 2, 2, 4), **options))
    with pytest.raises(ConversionError, match=f"operator 0 {kind} .*: .*{message}"):
        convert(network)

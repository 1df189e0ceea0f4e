from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest

from converters import densify as stored
from converters.densify import Sparsity, densify
from converters.errors import ConversionError
from converters.graph import Array
from converters.tflite_reader import read_tflite
from tests.converters.judging import assert_agree
from tests.converters.tflite_builder import Compressed, Dense, Level, TfliteBuilder
from verification.oracles.litert import LiteRT


@dataclass(frozen=True)
class Layout:
    """How a dense array is to be stored: which levels are compressed, and what their two vectors are stored as."""

    shape: tuple[int, ...]
    compressed: frozenset[int]
    order: tuple[int, ...]
    blocks: dict[int, int]  # the size of the block that divides a dimension
    dtype: tuple[str, str] = ("int32", "int32")


def encode(dense: Array, layout: Layout) -> tuple[list[Level], Array]:
    """The levels and stored values of `dense`, by walking the tree of coordinates that the schema describes."""
    outer = [size // layout.blocks.get(dim, 1) for dim, size in enumerate(dense.shape)]
    split: list[int] = []
    for dim, size in enumerate(outer):
        split += [size, layout.blocks[dim]] if dim in layout.blocks else [size]
    places = [j + sum(block < j for block in layout.blocks) for j in range(dense.ndim)]
    inner = [places[dim] + 1 for dim in layout.blocks]
    tree = dense.reshape(split).transpose(*places, *inner).transpose(layout.order)
    levels: list[Level] = []
    nodes: list[tuple[int, ...]] = [()]
    for depth, size in enumerate(tree.shape):
        if depth not in layout.compressed:
            levels.append(Dense(size))
            nodes = [(*node, j) for node, j in product(nodes, range(size))]
            continue
        children = [[j for j in range(size) if np.any(tree[(*node, j)])] for node in nodes]
        segments = np.cumsum([0, *map(len, children)]).tolist()
        levels.append(Compressed(segments, [j for child in children for j in child], layout.dtype))
        nodes = [(*node, j) for node, child in zip(nodes, children, strict=True) for j in child]
    return levels, np.array([tree[node] for node in nodes], dense.dtype)


LAYOUTS = {
    "rows compressed": Layout((6, 8), frozenset({1}), (0, 1), {}),
    "columns compressed": Layout((6, 8), frozenset({1}), (1, 0), {}),
    "both compressed": Layout((6, 8), frozenset({0, 1}), (0, 1), {}),
    "nothing compressed": Layout((6, 8), frozenset(), (0, 1), {}),
    "a vector": Layout((17,), frozenset({0}), (0,), {}),
    "blocks of 1 × 4": Layout((6, 8), frozenset({1}), (0, 1, 2), {1: 4}),
    "blocks of 4 × 1": Layout((8, 6), frozenset({1}), (0, 1, 2), {0: 4}),
    "blocks of 2 × 4": Layout((8, 8), frozenset({1}), (0, 1, 2, 3), {0: 2, 1: 4}),
    "blocks by columns": Layout((8, 8), frozenset({1}), (1, 0, 3, 2), {0: 2, 1: 4}),
    "columns of blocks by rows": Layout((8, 6), frozenset({1}), (1, 0, 2), {0: 4}),
    "filters": Layout((8, 1, 1, 12), frozenset({3}), (0, 1, 2, 3), {}, ("uint16", "uint8")),
    "filters of 3 × 3": Layout((4, 3, 3, 6), frozenset({3}), (0, 1, 2, 3), {}, ("uint8", "uint8")),
    "filters, outputs last": Layout((4, 3, 3, 6), frozenset({3}), (3, 1, 2, 0), {}, ("uint8", "uint16")),
    "filters in blocks": Layout((8, 1, 1, 16), frozenset({3}), (0, 1, 2, 3, 4), {3: 4}, ("uint16", "int32")),
    "filters, two levels compressed": Layout((4, 3, 2, 6), frozenset({1, 3}), (0, 1, 2, 3), {}, ("int32", "uint16")),
}


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_agrees_with_litert(layout: Layout, dtype: str) -> None:
    generator = np.random.default_rng(0)
    dense = generator.standard_normal(layout.shape).astype(dtype) * (generator.random(layout.shape) < 0.3)
    dense[..., 0] = 0
    levels, values = encode(dense, layout)
    assert values.size < dense.size or not layout.compressed
    builder = TfliteBuilder()
    # LiteRT folds what depends on no input while it loads; the product makes the constant an output all the same.
    constant = builder.sparse("weights", values, layout.shape, levels, layout.order, tuple(layout.blocks), dtype)
    if dtype == "float16":
        constant = builder.operator("DEQUANTIZE", [constant], layout.shape, "widened")
    x = builder.input("ones", layout.shape)
    builder.output(builder.operator("MUL", [x, constant], layout.shape, "product"))
    data = builder.build()
    expected = LiteRT(data, "built.tflite").run({"ones": np.ones(layout.shape, np.float32)})["product"]
    found = read_tflite(data, "built.tflite").tensors[constant]
    assert found.stored_sparse
    assert found.value is not None
    assert np.array_equal(found.value, expected)
    assert np.array_equal(expected, dense.astype(np.float32))


def test_a_levels_format_says_what_it_is() -> None:
    """A dense level may carry vectors, which nobody looks at; a compressed one has to."""
    builder = TfliteBuilder()
    x = builder.input("ones", (2, 3))
    constant = builder.sparse("weights", [7, 8], (2, 3), [Dense(2), Compressed([0, 1, 2], [2, 0])])
    builder.output(builder.operator("MUL", [x, constant], (2, 3), "product"))
    rows, columns = builder.tensors[1].sparsity.dimMetadata
    rows.arraySegmentsType, rows.arraySegments = columns.arraySegmentsType, columns.arraySegments
    rows.arrayIndicesType, rows.arrayIndices = columns.arrayIndicesType, columns.arrayIndices
    data = builder.build()
    expected = LiteRT(data, "built.tflite").run({"ones": np.ones((2, 3), np.float32)})["product"]
    assert np.array_equal(np.asarray(read_tflite(data, "built.tflite").tensors[constant].value), expected)
    columns.arraySegments = columns.arrayIndices = None
    with pytest.raises(ConversionError, match=r"built.tflite: sparse tensor 'weights_sparse': broken segments"):
        read_tflite(builder.build(), "built.tflite")


def test_nothing_stored_in_some_rows() -> None:
    sparsity = Sparsity((0, 1), (), (stored.Level(4), stored.Level(0, np.array([0, 0, 2, 2, 3]), np.array([1, 4, 0]))))
    dense = densify(np.array([1, 2, 3], np.float32), (4, 5), sparsity, "weights")
    expected = np.zeros((4, 5), np.float32)
    expected[1, 1], expected[1, 4], expected[3, 0] = 1, 2, 3
    assert_agree(dense, expected, "weights")


VALUES = np.arange(1, 4, dtype=np.float32)
ROWS = Sparsity((0, 1), (), (stored.Level(2), stored.Level(0, np.array([0, 1, 3]), np.array([4, 0, 2]))))


def csr(segments: Sequence[int], indices: Sequence[int]) -> stored.Level:
    return stored.Level(0, np.array(segments, np.int64), np.array(indices, np.int64))


BROKEN = {
    "an order that names a level twice": (replace(ROWS, order=(0, 0)), "its levels do not match its 2 dimensions"),
    "too few levels": (replace(ROWS, order=(0,), levels=ROWS.levels[:1]), "its levels do not match its 2 dimensions"),
    "a block of no dimension": (
        Sparsity((0, 1, 2), (7,), (*ROWS.levels, stored.Level(1))),
        "broken block map, or more than 16 levels",
    ),
    "more levels than any tensor has": (
        Sparsity(tuple(range(19)), (1,) * 17, (*ROWS.levels, *[stored.Level(1)] * 17)),
        "broken block map, or more than 16 levels",
    ),
    "too few segments": (replace(ROWS, levels=(stored.Level(2), csr([0, 3], [4, 0, 2]))), "broken segments"),
    "falling segments": (replace(ROWS, levels=(stored.Level(2), csr([0, 5, 3], [4, 0, 2]))), "broken segments"),
    "segments that begin late": (replace(ROWS, levels=(stored.Level(2), csr([1, 1, 3], [4, 0, 2]))), "broken segments"),
    "no segments": (replace(ROWS, levels=(stored.Level(2), csr([], [4, 0, 2]))), "broken segments"),
    "segments that end elsewhere": (
        replace(ROWS, levels=(stored.Level(2), csr([0, 1, 4], [4, 0, 2]))),
        "segments end at 4, not at its indices' end",
    ),
    "an index beyond the row": (
        replace(ROWS, levels=(stored.Level(2), csr([0, 1, 3], [5, 0, 2]))),
        r"places a value outside \[2, 5\]",
    ),
    "a negative index": (
        replace(ROWS, levels=(stored.Level(2), csr([0, 1, 3], [-1, 0, 2]))),
        r"places a value outside \[2, 5\]",
    ),
    "fewer values than places": (
        replace(ROWS, levels=(stored.Level(2), csr([0, 1, 4], [4, 0, 2, 3]))),
        "stores 3 values for 4 places",
    ),
    "an empty level": (replace(ROWS, levels=(stored.Level(0), ROWS.levels[1])), "a level of size 0 below 1 nodes"),
    "a level as large as memory": (
        replace(ROWS, levels=(stored.Level(2**31 - 1), ROWS.levels[1])),
        "a level of size 2147483647 below 1 nodes",
    ),
    "a level as large as memory below nothing": (
        replace(ROWS, levels=(csr([0, 0], []), stored.Level(2**31 - 1))),
        "a level of size 2147483647 below 0 nodes",
    ),
    "dense levels that multiply": (
        replace(ROWS, levels=(stored.Level(3), stored.Level(3))),
        "a level of size 3 below 3 nodes",
    ),
}


@pytest.mark.parametrize(("sparsity", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_layouts(sparsity: Sparsity, message: str) -> None:
    assert densify(VALUES, (2, 5), ROWS, "weights").sum() == VALUES.sum()
    with pytest.raises(ConversionError, match=f"sparse tensor 'weights'.*{message}"):
        densify(VALUES, (2, 5), sparsity, "weights")

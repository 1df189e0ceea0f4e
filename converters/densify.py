"""A sparse constant as `.tflite` stores it → the dense array.

The format is the schema's SparsityParameters (after TACO, Kjolstad et al. 2017): the dimensions, and inside them the
dimensions of blocks, are levels of a tree walked in `order`; a DENSE level holds every coordinate, a SPARSE_CSR level
lists, per node above it, the coordinates that exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from converters.errors import ConversionError
from converters.graph import Array

MOST_LEVELS = 16
"""Twice the eight dimensions that LiteRT's kernels go up to: more is hostile, and each costs a pass over the values."""


@dataclass(frozen=True, eq=False)
class Level:
    """One level: `size` coordinates where it is dense, else the CSR arrays (and a `size` only if it is a block's)."""

    size: int
    segments: Array | None = None
    indices: Array | None = None


@dataclass(frozen=True, eq=False)
class Sparsity:
    """How the stored values lie in the dense tensor: `order[k]` is level k's dimension, ≥ rank for a block's."""

    order: tuple[int, ...]
    block_map: tuple[int, ...]
    levels: tuple[Level, ...]

    @property
    def size(self) -> int:
        """How many numbers it takes in the file."""
        vectors = [v for level in self.levels for v in (level.segments, level.indices) if v is not None]
        return len(self.order) + len(self.block_map) + len(self.levels) + sum(vector.size for vector in vectors)


def read_sparsity(source: Any) -> Sparsity:
    """The schema's SparsityParameters table as values."""
    from ai_edge_litert.schema_py_generated import DimensionType, SparsityParametersT

    table = SparsityParametersT.InitFromObj(source)
    levels = [
        Level(int(dim.denseSize))
        if dim.format == DimensionType.DENSE
        else Level(int(dim.denseSize), _vector(dim.arraySegments), _vector(dim.arrayIndices))
        for dim in _listed(table.dimMetadata)
    ]
    order = tuple(int(j) for j in _listed(table.traversalOrder))
    return Sparsity(order, tuple(int(j) for j in _listed(table.blockMap)), tuple(levels))


def _listed(values: Any) -> Any:
    return [] if values is None else values


def _vector(table: Any) -> Array:
    return np.asarray([] if table is None else _listed(table.values), np.int64)


def densify(values: Array, shape: tuple[int, ...], sparsity: Sparsity, name: str) -> Array:
    """The dense array of `shape` with `values` where the levels say; ConversionError where they disagree."""
    levels = len(sparsity.levels)
    if sorted(sparsity.order) != list(range(levels)) or levels != len(shape) + len(sparsity.block_map):
        raise ConversionError(f"sparse tensor '{name}': its levels do not match its {len(shape)} dimensions")
    if levels > MOST_LEVELS or any(not 0 <= dim < len(shape) for dim in sparsity.block_map):
        raise ConversionError(f"sparse tensor '{name}': broken block map, or more than {MOST_LEVELS} levels")
    coordinates = _walk(sparsity, values.size, name)
    count = next(iter(coordinates.values())).size if coordinates else 0
    if count != values.size:
        raise ConversionError(f"sparse tensor '{name}' stores {values.size} values for {count} places")
    places = _places(coordinates, shape, sparsity)
    if any(np.any((place < 0) | (place >= size)) for place, size in zip(places, shape, strict=True)):
        raise ConversionError(f"sparse tensor '{name}' places a value outside {list(shape)}")
    dense = np.zeros(shape, values.dtype)
    dense[places] = values
    return dense


def _walk(sparsity: Sparsity, stored: int, name: str) -> dict[int, Array]:
    """Each stored value's coordinate at every level, keyed by the level's dimension."""
    coordinates: dict[int, Array] = {}
    count = 1
    # A dense level costs its author nothing, but whatever lies below it has a value or a segment for each of its nodes.
    most = max([stored, *(level.segments.size for level in sparsity.levels if level.segments is not None)])
    for dimension, level in zip(sparsity.order, sparsity.levels, strict=True):
        if level.segments is None or level.indices is None:
            if not 1 <= level.size <= most or count * level.size > most:
                raise ConversionError(f"sparse tensor '{name}': a level of size {level.size} below {count} nodes")
            parents = np.repeat(np.arange(count), level.size)
            here = np.tile(np.arange(level.size), count)
        else:
            lengths = np.diff(level.segments)
            if level.segments.size != count + 1 or level.segments[0] != 0 or np.any(lengths < 0):
                raise ConversionError(f"sparse tensor '{name}': broken segments")
            if level.segments[-1] != level.indices.size:
                raise ConversionError(
                    f"sparse tensor '{name}': segments end at {level.segments[-1]}, not at its indices' end"
                )
            parents, here = np.repeat(np.arange(count), lengths), level.indices
        coordinates = {seen: values[parents] for seen, values in coordinates.items()}
        coordinates[dimension] = here
        count = here.size
    return coordinates


def _places(coordinates: Mapping[int, Array], shape: tuple[int, ...], sparsity: Sparsity) -> tuple[Array, ...]:
    """The coordinates with each block's folded into the dimension that it divides."""
    places = [coordinates[dim] for dim in range(len(shape))]
    sizes = dict(zip(sparsity.order, (level.size for level in sparsity.levels), strict=True))
    for block, dim in enumerate(sparsity.block_map):
        places[dim] = places[dim] * sizes[len(shape) + block] + coordinates[len(shape) + block]
    return tuple(places)

"""What operators compute beforehand: grids, masks, tables of indices."""

import math

from verification.executor.errors import PackageError

LARGEST_TABLE = 2**24
"""Elements; a picture of 4096 x 4096. It keeps a hostile package from filling the memory before anything is checked."""


def expect_table(*sizes: int) -> None:
    """PackageError if a table of these sizes would be larger than LARGEST_TABLE, or a size is negative."""
    if min(sizes, default=0) < 0 or math.prod(sizes) > LARGEST_TABLE:
        raise PackageError(f"it needs a table of the shape {list(sizes)}, expected at most {LARGEST_TABLE} elements")

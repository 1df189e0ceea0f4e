"""One release of the packages that were built, made once."""

from pathlib import Path

import pytest

from blazemesh.release import Tree
from blazemesh.release.making import make_release


@pytest.fixture(scope="session")
def release(built: Path) -> Tree:
    """Its files by path, to read only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SOURCE_DATE_EPOCH", raising=False)
        return make_release(built)

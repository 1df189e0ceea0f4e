"""What the tests of the Keras home need; without Keras they are skipped, and say so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.homes import require_keras
from blazemesh.options import Request
from blazemesh.packages import describe, read_model

try:
    require_keras()
except InputError:
    AVAILABLE = False
else:
    AVAILABLE = True
    from blazemesh.quiet import quiet_tensorflow

    quiet_tensorflow()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = "Keras and TensorFlow live in .venv-train: run make test-keras"
    for item in items:
        if not AVAILABLE and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_configure(config: pytest.Config) -> None:
    # TensorFlow's and Keras' own; without them, in the other tests' run, warnings stay errors.
    if not AVAILABLE:
        return
    for line in ("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning:keras.*"):
        config.addinivalue_line("filterwarnings", line)


@pytest.fixture(scope="session")
def keras_model(models: dict[str, Path]) -> Callable[[str], Any]:
    """A model of models.toml in Keras, by its name."""

    def build(name: str) -> Any:
        from converters.keras.model import to_keras

        _, graph = read_model(models[name])
        return to_keras(graph, describe(graph, load_catalog(), Request())[0])

    return build

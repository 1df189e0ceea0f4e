"""What the tests of the Keras home need; without Keras test_available.py says in one line that they did not run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.homes import require_keras
from blazemesh.options import Request
from blazemesh.packages import describe, read_model

HERE = Path(__file__).parent

try:
    require_keras()
except InputError:
    AVAILABLE = False
    collect_ignore = [file.name for file in HERE.glob("test_*.py") if file.name != "test_available.py"]
else:
    AVAILABLE = True
    from blazemesh.quiet import quiet_tensorflow

    quiet_tensorflow()


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

"""Models built in memory, converted, and held to LiteRT."""

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from blazemesh.catalog import load_catalog
from blazemesh.options import Request
from blazemesh.packages import catalog_features
from blazemesh.quiet import quiet_coremltools
from converters.tflite_reader import read_tflite

quiet_coremltools()

from tests.converters import judging  # noqa: E402 — it imports coremltools
from tests.converters.tflite_builder import TfliteBuilder  # noqa: E402

# ct.convert collects garbage each time, 50 ms for what the imports have left; frozen objects aren't looked at.
gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    # ct.convert leaves the folder of its weights to the garbage collector.
    config.addinivalue_line("filterwarnings", "ignore:Implicitly cleaning up:ResourceWarning")


@pytest.fixture(autouse=True, scope="session")
def _temporary_packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """coremltools leaves packages in the temporary folder until the process ends; here they go with the session."""
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path_factory.mktemp("coremltools"))
    yield
    shutil.rmtree(tempfile.tempdir)
    tempfile.tempdir = before


@pytest.fixture
def convert(tmp_path: Path) -> judging.Convert:
    """Converts a built model."""

    def convert(builder: TfliteBuilder, **options: Any) -> judging.Converted:
        return judging.convert(builder, tmp_path / f"{len(list(tmp_path.iterdir()))}.mlpackage", **options)

    return convert


@pytest.fixture
def judge(convert: judging.Convert) -> judging.Convert:
    """Converts a built model and asserts that the package does what LiteRT does with the original."""

    def judge(builder: TfliteBuilder, **options: Any) -> judging.Converted:
        converted = convert(builder, **options)
        judging.assert_like_litert(converted)
        return converted

    return judge


@pytest.fixture(scope="session")
def source(models: dict[str, Path]) -> Callable[[str], judging.Source]:
    """Reads a model of models.toml by its name."""

    def read(name: str) -> judging.Source:
        model = load_catalog().model(name)
        data = models[name].read_bytes()
        graph = read_tflite(data, model.file)
        return judging.Source(name, data, graph, catalog_features(graph, model, Request()))

    return read

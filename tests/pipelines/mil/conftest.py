"""The tails of both detectors as saved packages, built once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from blazemesh.tail_bench import DETECTORS, FACES, tail_package
from pipelines.mil.suppression import suppress
from pipelines.slots import SLOTS
from verification.executor.reference import ReferenceModel

Tail = Callable[[str], ReferenceModel]


@pytest.fixture(scope="session")
def tail(tmp_path_factory: pytest.TempPathFactory) -> Tail:
    """`tail("short")`, `tail("full")`: from raw outputs to faces and proposals."""
    models: dict[str, ReferenceModel] = {}

    def load(detector: str) -> ReferenceModel:
        if detector not in models:
            path: Path = tmp_path_factory.mktemp("tail") / f"{detector}.mlpackage"
            recipe, thresholds = DETECTORS[detector]
            tail_package(recipe, thresholds, SLOTS, suppress, path, (*FACES, "proposals", "scores"))
            models[detector] = ReferenceModel(path)
        return models[detector]

    return load

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import facts
from blazemesh.catalog import load_catalog
from verification.oracles.litert import LiteRT

Network = Callable[[Image.Image], Mapping[str, NDArray[Any]]]


@pytest.fixture(scope="session")
def network(models: dict[str, Path]) -> Callable[[str], Network]:
    """Loads a source model by its name in models.toml: an 8-bit picture in, outputs by their public names out."""

    def load(name: str) -> Network:
        model = load_catalog().model(name)
        litert = LiteRT(models[name].read_bytes(), model.file)
        (tensor,) = litert._interpreter.get_input_details()
        low, high = model.input.range

        def run(picture: Image.Image) -> Mapping[str, NDArray[Any]]:
            pixels = np.asarray(picture, dtype=np.float32)[np.newaxis]
            raw = litert.run({tensor["name"]: pixels * np.float32((high - low) / 255) + np.float32(low)})
            return {output.name: raw[output.tensor].reshape(output.shape) for output in model.outputs}

        return run

    return load


@pytest.fixture(scope="session")
def astronaut() -> Image.Image:
    with Image.open(facts.path("astronaut.png")) as file:
        return file.convert("RGB")

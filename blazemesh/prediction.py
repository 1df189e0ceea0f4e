"""`blazemesh predict`: one saved package on one picture."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from blazemesh.errors import InputError
from blazemesh.pictures import read_picture
from blazemesh.quiet import quiet_coremltools


def predict(package: str | Path, picture: str | Path) -> dict[str, NDArray[Any]]:
    """The package's outputs by name: from Core ML on a Mac, elsewhere from the reference in the declared arithmetic.

    The picture is fitted into the package's input, aspect kept, between black bars. InputError or PackageError in one
    line.
    """
    package, picture = Path(package), Path(picture)
    quiet_coremltools()
    from verification.engines import predictor
    from verification.executor.package import load_program

    inputs = load_program(package).inputs
    images = [feature for feature in inputs if feature.kind == "image"]
    required = [feature.name for feature in inputs if not feature.optional]
    if len(images) != 1 or required != [images[0].name]:
        raise InputError(f"{package}: expected one image input, found {', '.join(required) or 'none'}")
    model = predictor(package)
    height, width = images[0].shape[2:]
    fitted = fit(read_picture(picture), width, height)
    if images[0].color == "GRAYSCALE":
        fitted = fitted.convert("L")
    found = model.predict({images[0].name: fitted})
    return {name: np.asarray(value) for name, value in found.items()}


def fit(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The whole picture in width × height pixels, its aspect kept, black around it."""
    scale = min(width / picture.width, height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    canvas = Image.new("RGB", (width, height))
    resized = picture.resize(size, Image.Resampling.BILINEAR)
    canvas.paste(resized, ((width - size[0]) // 2, (height - size[1]) // 2))
    return canvas

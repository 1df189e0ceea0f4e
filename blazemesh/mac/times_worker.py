"""How long one package takes on one compute unit: `python -m blazemesh.mac.times_worker X.mlpackage UNIT`.

It writes one JSON object. It is a process of its own, so that each package is loaded by a process that has loaded none.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from verification.engines import ComputeUnits

WARM, PREDICTIONS = 10, 100
"""Predictions that are not counted, and those whose median is."""


def times(package: Path, unit: "ComputeUnits") -> dict[str, Any]:
    """`{load_milliseconds, milliseconds, predictions}` of the astronaut as a picture of the package's size.

    `load_milliseconds` is the first load of this process, coremltools' own compilation included.
    """
    from PIL import Image

    from blazemesh.pictures import astronaut
    from blazemesh.prediction import fit
    from verification.engines import core_ml
    from verification.executor.package import load_program

    feature = next(feature for feature in load_program(package).inputs if feature.kind == "image")
    picture = {feature.name: fit(Image.fromarray(astronaut().pixels), feature.shape[-1], feature.shape[-2])}
    started = time.perf_counter()
    model = core_ml(package, unit)
    loaded = time.perf_counter()
    each = []
    for number in range(WARM + PREDICTIONS):
        before = time.perf_counter()
        model.predict(picture)
        if number >= WARM:
            each.append(time.perf_counter() - before)
    median = statistics.median(each)
    return {"load_milliseconds": 1e3 * (loaded - started), "milliseconds": 1e3 * median, "predictions": len(each)}


def main(arguments: Sequence[str]) -> None:
    """Write the answer as one line."""
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    print(json.dumps(times(Path(arguments[0]), cast("ComputeUnits", arguments[1]))))


if __name__ == "__main__":
    main(sys.argv[1:])

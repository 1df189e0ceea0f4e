"""One package on one compute unit, held to the oracle: the figures that `make mac` records."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from blazemesh.catalog import Product
from verification.engines import ComputeUnits
from verification.verify import Verdict


def unit_parity(package: Path, product: Product, source: Path, units: ComputeUnits) -> Verdict:
    """The built-in cases through Core ML's predict on `units`, within the float16 limits of the manifest.

    Those are the ones for arithmetic that rounds every operator's output to float16, which the package declares for its
    network: no unit may round more often, and which of them keeps more digits in between, nobody documents.
    """
    from blazemesh.conversion import meaning_of
    from blazemesh.pictures import astronaut
    from verification.cases import DEFAULT_CASES
    from verification.engines import core_ml_engine
    from verification.verify import verify_engine

    data, meaning = source.read_bytes(), meaning_of(product.model)
    engine = core_ml_engine(package, units)
    return verify_engine(engine, package, data, product.model.file, [astronaut()], DEFAULT_CASES, meaning)


def record_rows(path: Path, package: str, verdict: Verdict) -> None:
    """Append a verdict's rows to a file, a JSON object a line, each with its own verdict."""
    with path.open("a", encoding="utf-8") as file:
        for row in verdict.rows:
            held = "held" if row.passed else "failed"
            reason = "" if row.passed else f"{row.output} is off by {row.max:.3g} {row.unit} (limit {row.limit:.2g})"
            found: dict[str, Any] = {"package": package, **_known(asdict(row)), "verdict": held, "reason": reason}
            file.write(json.dumps(found) + "\n")


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known; JSON has no infinity, the greatest float stands for it."""
    finite = {name: min(value, sys.float_info.max) for name, value in row.items() if isinstance(value, float)}
    return {name: value for name, value in row.items() if value is not None} | finite

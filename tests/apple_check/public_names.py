"""What a checked module shows to those who import it."""

import json
import subprocess
import tempfile
from pathlib import Path

from tests.apple_check.check import Checker
from tests.apple_check.package import LAYER, model_modules
from tests.apple_check.toolchain import CheckError, Target, first_error

GOLDEN = Path(__file__).with_name("public_names.json")

NO_CAMERA = ("CameraSession", "CameraPreview")
"""What visionOS lacks."""


def expected_names(target: Target) -> list[str]:
    """The public declarations that the Apple layer is to have."""
    names: list[str] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    hidden = NO_CAMERA if target.name == "visionOS" else ()
    return [name for name in names if name.partition(".")[0] not in hidden]


def differing_names(checker: Checker, package: Path) -> list[str]:
    """What is new in the checked modules of `package`, or is gone; a model's module has its model to show, no more.

    A misspelt `#if canImport(…)` makes an empty module, in which nothing is wrong.
    """
    differing = set(public_names(checker, LAYER)) ^ set(expected_names(checker.target))
    found = [f"{LAYER}: {name} is new, or is gone" for name in sorted(differing)]
    for module in model_modules(package):
        names = public_names(checker, module)
        if len(names) != 1 or not names[0].startswith("Located."):
            found.append(f"{module}: shows {', '.join(names) or 'nothing'}; expected one Located.NAME")
    return found


def public_names(checker: Checker, module: str) -> list[str]:
    """The public declarations of a module that was checked with `keep`, sorted, as "FaceLandmarker.reset()"."""
    with tempfile.TemporaryDirectory(dir=checker.folder) as folder:
        write_symbol_graphs(checker, module, Path(folder))
        graphs = [json.loads(path.read_text(encoding="utf-8")) for path in Path(folder).glob(f"{module}*.json")]
    return sorted({".".join(symbol["pathComponents"]) for graph in graphs for symbol in graph["symbols"]})


def write_symbol_graphs(checker: Checker, module: str, folder: Path) -> None:
    """What documentation is made of, for a module that was checked with `keep`, into an empty folder."""
    command: list[str | Path] = [
        *(checker.toolchain.frontend.with_name("swift-symbolgraph-extract"), "-module-name", module),
        *("-target", checker.target.triple, "-I", checker.library.modules, "-I", checker.folder),
        *("-sdk", checker.library.sdk, "-module-cache-path", checker.folder / "cache"),
        *("-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise CheckError(f"no symbol graph of {module} for {checker.target.triple}: {first_error(done.stderr)}")

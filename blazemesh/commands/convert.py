"""`blazemesh convert`."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blazemesh.commands.parsing import add_expand_prelu, add_json, new_command
from blazemesh.commands.reporting import report
from blazemesh.errors import DONE, InputError
from blazemesh.terminal import print_json, progress

if TYPE_CHECKING:
    from blazemesh.options import Request


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "convert",
        run,
        "convert one float .tflite model to a Core ML package, a Keras or an ONNX model, and verify it",
        "blazemesh convert face_landmark.tflite -o FaceMesh.mlpackage",
    )
    command.add_argument("source", type=Path, metavar="IN.tflite")
    help_ = "OUT.mlpackage, OUT.keras or OUT.onnx"
    command.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help=help_)
    homes = ["coreml", "keras", "onnx"]
    command.add_argument("--to", choices=homes, default="coreml", help="default: coreml; keras needs .venv-train")
    command.add_argument("--layout", choices=["nhwc", "nchw"], help="axes of an ONNX model's pictures; default: nhwc")
    command.add_argument("--precision", choices=["float16", "float32"], help="of a package; default: float16")
    command.add_argument("--target", choices=["iOS16", "iOS17", "iOS18"], help="of a package; default: iOS16")
    command.add_argument(
        "--input-range",
        nargs=2,
        type=float,
        metavar=("LO", "HI"),
        help="what a picture's 0…255 become; default: as pinned, or 0 1",
    )
    command.add_argument("--batch", type=int, metavar="N", help="how many at once; default: as the file has it, or 1")
    command.add_argument("--tensor-input", action="store_true", help="take arrays as the source does, not pictures")
    add_expand_prelu(command)
    command.add_argument("--no-verify", action="store_true", help="do not compare the package with its source")
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.options import Request

    _refuse_options_of_another_home(options)
    request = Request(
        options.precision or Request.precision,
        options.target or Request.target,
        options.expand_prelu,
        options.tensor_input,
        _range(options.input_range),
        options.batch,
    )
    verdict = _converted(options, request)
    if verdict is None:
        if options.json:
            print_json({"package": options.output.name, "rows": [], "notes": [], "failures": [], "passed": None})
        progress(f"{options.output}: written, not verified")
        return DONE
    return report(verdict, options.json, f"{options.output}: ")


def _converted(options: argparse.Namespace, request: "Request") -> Any:
    from blazemesh.catalog import load_catalog
    from blazemesh.conversion import convert
    from blazemesh.homes import convert_home

    check, catalog = not options.no_verify, load_catalog()
    if options.to == "coreml":
        return convert(options.source, options.output, request, check, catalog, progress)
    layout = options.layout or "nhwc"
    return convert_home(options.source, options.output, options.to, request, layout, check, catalog, progress)


def _refuse_options_of_another_home(options: argparse.Namespace) -> None:
    """InputError where an option says something of a home that the model doesn't go to."""
    foreign = {
        "coreml": {"--layout": options.layout},
        "onnx": {"--precision": options.precision, "--target": options.target, "--expand-prelu": options.expand_prelu},
    }
    foreign["keras"] = foreign["onnx"] | foreign["coreml"]
    if given := [name for name, value in foreign[options.to].items() if value]:
        raise InputError(f"{given[0]} says nothing of a model for {options.to}; leave it out")


def _range(bounds: list[float] | None) -> tuple[float, float] | None:
    if bounds is None:
        return None
    low, high = bounds
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InputError(f"--input-range {low} {high}: expected two numbers, the lower one first")
    return low, high

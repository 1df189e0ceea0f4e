"""The command line: whatever goes wrong is one line; exit code 0 is done, 1 a gate failed, 2 bad input."""

import argparse
import io
import json
import math
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from blazemesh import __version__
from blazemesh.errors import GateError, InputError
from blazemesh.text_table import printable

if TYPE_CHECKING:
    from blazemesh.manifest import Manifest
    from blazemesh.options import Request

DONE, GATE_FAILED, BAD_INPUT = 0, 1, 2
INTERRUPTED = 130
DEFAULT_OUT = Path("build/coreml")


def entry_point() -> NoReturn:
    """The console script."""
    from blazemesh.quiet import quiet_destructors

    quiet_destructors()
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; whatever fails is one line on standard error, never a traceback."""
    _end_on_termination()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of files need not be text, nor the terminal's encoding know it
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except KeyboardInterrupt:
        _say("interrupted; nothing half-done was left")
        return INTERRUPTED
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    """Say in one line what went wrong; the exit code that it means."""
    from blazemesh.files import describe_os_error
    from converters.errors import ConversionError
    from runtime.errors import EngineError, FrameError, SourceError
    from verification.executor.errors import PackageError
    from verification.oracles.errors import OracleError

    match error:
        case GateError():
            for failure in str(error).splitlines():
                _say(f"failed: {failure}")
            return GATE_FAILED
        case InputError() | ConversionError() | PackageError() | OracleError():
            _say(f"error: {error}")
        case EngineError() | FrameError() | SourceError():
            _say(f"error: {error}")
        case OSError():
            _say(f"error: {describe_os_error(error)}")
        case MemoryError():
            _say("error: found too little memory; close other programs, or take a smaller model, picture or --cases")
        case _:
            _say(f"error: a defect of this program, please report it: {_place(error)}: {type(error).__name__}: {error}")
    return BAD_INPUT


def _place(error: Exception) -> str:
    """Where an exception was raised: a file of this project's, if there is one on the way, and its line."""
    import traceback

    rooms = Path(__file__).resolve().parent.parent
    told = str(getattr(error.__cause__, "tb", ""))  # a worker's exception brings its traceback as text
    places = re.findall(r'File "(.+)", line (\d+)', told or "".join(traceback.format_tb(error.__traceback__)))
    ours = [place for place in places if Path(place[0]).parent.parent == rooms]
    file, line = (ours or places)[-1]
    return f"{Path(file).name}, line {line}"


def _end_on_termination() -> None:
    """SIGTERM ends a command as Ctrl-C does, cleaning up; only the main thread may say so."""
    import signal
    import threading

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def _say(line: str) -> None:
    """One line on standard error, whatever names out of strangers' files are in it."""
    _write(f"blazemesh: {printable(line)}", sys.stderr)


def _progress(line: str) -> None:
    _write(f"  {line}", sys.stderr)


def _print(text: str) -> bool:
    """Whether anybody reads."""
    return _write(text, sys.stdout)


def _write(text: str, stream: TextIO | None) -> bool:
    """Print; where nobody reads any more only the text is lost: the command goes on, and its exit code stands."""
    if stream is None:  # closed from the start
        return False
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True


def _print_json(document: Any) -> None:
    """One document in ASCII; JSON knows no NaN and no infinity, null stands for both."""
    _print(json.dumps(_finite(document), indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line; subcommands' parsers are of the same class."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        _say(f"error: {' '.join(message.split())}; see {self.prog} --help")
        sys.exit(BAD_INPUT)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="blazemesh", description="MediaPipe's face models as verified Core ML packages for iOS apps.")
    parser.add_argument("--version", action="version", version=f"blazemesh {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        _add_fetch,
        _add_build,
        _add_convert,
        _add_inspect,
        _add_verify,
        _add_lint,
        _add_predict,
        _add_run,
        _add_demo,
        _add_swift,
    ):
        add(commands)
    _add_homes(commands)
    _add_anchors(commands)
    return parser


def _command(commands: Any, name: str, run: Any, help_: str, example: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    return command


def _add_models(command: argparse.ArgumentParser) -> None:
    command.add_argument("--models", type=Path, metavar="DIR", help="take the .tflite files from DIR, download nothing")


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON document instead")


def _add_fetch(commands: Any) -> None:
    command = _command(
        commands,
        "fetch",
        _run_fetch,
        "bring the pinned source models into the cache, checked by SHA-256",
        "blazemesh fetch --models ~/Downloads/mediapipe-models",
    )
    _add_models(command)
    command.add_argument("--samples", action="store_true", help="the models that only the tests convert, too")
    _add_json(command)


def _run_fetch(options: argparse.Namespace) -> int:
    from blazemesh.catalog import load_catalog
    from blazemesh.fetch import fetch
    from blazemesh.text_table import text_table

    catalog = load_catalog()
    wanted = [*catalog.models, *(catalog.samples if options.samples else ())]
    paths = fetch(wanted, catalog, options.models, _progress, along=catalog.samples)
    if options.json:
        _print_json([{"name": m.name, "path": str(paths[m.name]), "sha256": m.sha256} for m in wanted])
    else:
        _print(text_table(("model", "file"), [(m.name, str(paths[m.name])) for m in wanted]))
    return DONE


def _add_build(commands: Any) -> None:
    command = _command(
        commands,
        "build",
        _run_build,
        "build every package, verified, with its manifest; what is up to date is left alone",
        "blazemesh build --out build/coreml --only FaceMesh IrisLandmarks",
    )
    command.add_argument("--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help=f"default: {DEFAULT_OUT}")
    _add_models(command)
    command.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these packages alone")
    command.add_argument("--force", action="store_true", help="convert again what is up to date")
    command.add_argument("--slots", type=int, default=16, metavar="K", help="faces that a detector holds (default: 16)")
    command.add_argument("--plain-vision", action="store_true", help="Vision pipelines without landmarks")
    _add_expand_prelu(command)
    _add_json(command)


def _add_expand_prelu(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--expand-prelu", action="store_true", help="write PReLU as relu(x) - slope * relu(-x) (rdar://92175249)"
    )


def _run_build(options: argparse.Namespace) -> int:
    from blazemesh.build import build
    from blazemesh.catalog import load_catalog
    from blazemesh.manifest import TABLE_HEADER, read_manifest, table
    from blazemesh.options import BuildOptions
    from blazemesh.text_table import text_table

    chosen = BuildOptions(slots=options.slots, plain_vision=options.plain_vision, expand_prelu=options.expand_prelu)
    try:
        manifest = build(load_catalog(), options.out, options.models, options.only, options.force, chosen, _progress)
    except GateError as error:
        if options.json:
            _print_build(options.out, read_manifest(options.out), str(error).splitlines())
        raise
    if options.json:
        _print_build(options.out, manifest, [])
        return DONE
    _print(text_table(TABLE_HEADER, table(manifest.models)))
    if sys.platform != "darwin":
        _print("Core ML itself: unverified here (it runs on macOS only); the reference executed the saved packages.")
    _print(f"{len(manifest.models)} packages in {options.out}")
    return DONE


def _print_build(out: Path, manifest: "Manifest", failures: list[str]) -> None:
    _print_json({"out": str(out), "models": list(manifest.models), "failures": failures})


def _add_convert(commands: Any) -> None:
    command = _command(
        commands,
        "convert",
        _run_convert,
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
    _add_expand_prelu(command)
    command.add_argument("--no-verify", action="store_true", help="do not compare the package with its source")
    _add_json(command)


def _run_convert(options: argparse.Namespace) -> int:
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
            _print_json({"package": options.output.name, "rows": [], "notes": [], "failures": [], "passed": None})
        _progress(f"{options.output}: written, not verified")
        return DONE
    return _report(verdict, options.json, f"{options.output}: ")


def _converted(options: argparse.Namespace, request: "Request") -> Any:
    from blazemesh.catalog import load_catalog
    from blazemesh.conversion import convert
    from blazemesh.homes import convert_home

    check, catalog = not options.no_verify, load_catalog()
    if options.to == "coreml":
        return convert(options.source, options.output, request, check, catalog, _progress)
    layout = options.layout or "nhwc"
    return convert_home(options.source, options.output, options.to, request, layout, check, catalog, _progress)


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


def _add_inspect(commands: Any) -> None:
    command = _command(
        commands,
        "inspect",
        _run_inspect,
        "show the inputs, outputs, operators, constants, size and metadata of a model",
        "blazemesh inspect build/coreml/FaceMesh.mlpackage",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="a .tflite or an .mlpackage")
    _add_json(command)


def _run_inspect(options: argparse.Namespace) -> int:
    from blazemesh.inspection import describe_report, inspect

    report = inspect(options.file)
    if options.json:
        _print_json(report)
    else:
        _print(describe_report(report))
    return DONE


def _add_verify(commands: Any) -> None:
    command = _command(
        commands,
        "verify",
        _run_verify,
        "execute a saved package and its original on the same inputs and compare every output",
        "blazemesh verify build/coreml/FaceMesh.mlpackage --against face_landmark.tflite",
    )
    command.add_argument("package", type=Path, metavar="PACKAGE")
    command.add_argument("--against", type=Path, required=True, metavar="MODEL.tflite")
    command.add_argument("--images", type=Path, metavar="DIR", help="show it these pictures; default: the astronaut")
    command.add_argument("--cases", type=int, metavar="N", help="how many inputs; default: 24, more for many pictures")
    command.add_argument(
        "--models", type=Path, metavar="DIR", help="take the detector that finds the faces in --images from DIR"
    )
    _add_json(command)


def _run_verify(options: argparse.Namespace) -> int:
    from blazemesh.conversion import judge
    from blazemesh.packages import read_model, refuse_unconvertible

    if options.cases is not None and not 1 <= options.cases <= 100_000:
        raise InputError(f"--cases {options.cases}: expected 1 to 100000")
    data, graph = read_model(options.against)
    refuse_unconvertible(graph)
    pictures = None if options.images is None else _pictures_in(options.images, options.models)
    return _report(judge(options.package, data, options.against.name, pictures, options.cases), options.json)


def _pictures_in(folder: Path, models: Path | None) -> Any:
    from blazemesh.catalog import load_catalog
    from blazemesh.fetch import fetch
    from blazemesh.pictures import pictures_in

    catalog = load_catalog()
    detector = catalog.model("BlazeFaceShortRange")
    return pictures_in(folder, fetch([detector], catalog, models, _progress)[detector.name].read_bytes())


def _report(verdict: Any, as_json: bool, prefix: str = "") -> int:
    """Print a verdict; the exit code that it means."""
    from dataclasses import asdict

    from blazemesh.manifest import PARITY_HEADER, parity_cells
    from blazemesh.text_table import text_table

    if as_json:
        _print_json({**asdict(verdict), "passed": verdict.passed})
    else:
        _print(text_table(PARITY_HEADER, [parity_cells(asdict(row)) for row in verdict.rows]))
        for note in verdict.notes:
            _print(f"note: {note}")
    for failure in verdict.failures:
        _say(f"failed: {failure}")
    if verdict.passed:
        _progress(f"{prefix}agrees with its original")
    return DONE if verdict.passed else GATE_FAILED


def _add_lint(commands: Any) -> None:
    command = _command(
        commands,
        "lint",
        _run_lint,
        "check a package for what Core ML's compiler would refuse, and what keeps it from the Neural Engine",
        "blazemesh lint build/coreml/FaceMesh.mlpackage",
    )
    command.add_argument("package", type=Path, metavar="PACKAGE")
    _add_json(command)


def _run_lint(options: argparse.Namespace) -> int:
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from verification.lint.linter import lint

    report = lint(options.package)
    if unreadable := [finding for finding in report.findings if finding.rule == "readable"]:
        raise InputError(f"{options.package}: {unreadable[0].message}")
    if options.json:
        _print_json(report.to_json())
    else:
        _print(report.to_text())
    return DONE if report.passed else GATE_FAILED


def _add_predict(commands: Any) -> None:
    command = _command(
        commands,
        "predict",
        _run_predict,
        "run one saved package on one picture (Core ML on a Mac, the reference elsewhere)",
        "blazemesh predict build/coreml/FaceMesh.mlpackage face.jpg --json",
    )
    command.add_argument("package", type=Path, metavar="PACKAGE")
    command.add_argument("image", type=Path, metavar="IMAGE")
    _add_json(command)


def _run_predict(options: argparse.Namespace) -> int:
    import numpy as np

    from blazemesh.prediction import predict
    from blazemesh.text_table import text_table

    outputs = predict(options.package, options.image)
    if options.json:
        _print_json({name: value.tolist() for name, value in outputs.items()})
        return DONE
    rows = [
        (name, str(list(value.shape)), *(f"{f(value):.4g}" if value.size else "-" for f in (np.min, np.max, np.mean)))
        for name, value in outputs.items()
    ]
    _print(text_table(("output", "shape", "min", "max", "mean"), rows))
    return DONE


def _add_run(commands: Any) -> None:
    from blazemesh.run_command import add_arguments

    command = _command(
        commands,
        "run",
        _run_run,
        "find and track the faces in a picture, a folder of pictures, a video or what a camera sees",
        "blazemesh run talk.mp4 --max-faces 2 --mesh attention --save faces.mp4",
    )
    add_arguments(command)


def _run_run(options: argparse.Namespace) -> int:
    from blazemesh.run_command import run_command

    run_command(options, _print, _progress)
    return DONE


def _add_demo(commands: Any) -> None:
    command = _command(
        commands,
        "demo",
        _run_demo,
        "draw the astronaut's detection, mesh and irises, computed by the saved packages",
        "blazemesh demo --packages build/coreml -o build/demo.png",
    )
    command.add_argument("--packages", type=Path, default=DEFAULT_OUT, metavar="DIR", help=f"default: {DEFAULT_OUT}")
    command.add_argument("-o", "--output", type=Path, default=Path("build/demo.png"), help="default: build/demo.png")


def _run_demo(options: argparse.Namespace) -> int:
    from blazemesh.demo import write_demo

    demo = write_demo(options.packages, options.output)
    _print(f"{demo.path}: {demo.faces} face, presence {demo.presence:.3f}")
    return DONE


def _add_homes(commands: Any) -> None:
    command = _command(
        commands,
        "homes",
        _run_homes,
        "write every model as .keras and .onnx, verified, with a manifest (what `make keras` runs in .venv-train)",
        "blazemesh homes --out build --samples",
    )
    command.add_argument("--out", type=Path, default=Path("build"), metavar="DIR", help="default: build")
    _add_models(command)
    command.add_argument("--samples", action="store_true", help="the models that only the tests convert, too")
    _add_json(command)


def _run_homes(options: argparse.Namespace) -> int:
    from blazemesh.catalog import load_catalog
    from blazemesh.homes_build import build_homes, home_rows
    from blazemesh.manifest import PARITY_HEADER
    from blazemesh.text_table import text_table

    entries = build_homes(load_catalog(), options.out, options.models, options.samples, _progress)
    if options.json:
        _print_json({"out": str(options.out), "models": entries})
    else:
        _print(text_table(("model", *PARITY_HEADER), home_rows(entries)))
    return DONE


def _add_anchors(commands: Any) -> None:
    command = _command(
        commands,
        "anchors",
        _run_anchors,
        "print a detector's anchors, a line each: x_center, y_center, width, height, in shares of the picture",
        "blazemesh anchors short --npy anchors.npy",
    )
    command.add_argument("detector", choices=["short", "full"], help="896 anchors, or 2304")
    command.add_argument("--npy", type=Path, metavar="OUT", help="write them as numpy's float32 [anchors, 4] instead")


def _run_anchors(options: argparse.Namespace) -> int:
    from blazemesh.anchors import anchor_table, write_anchors

    if options.npy is None:
        _print("\n".join(" ".join(f"{value:.9g}" for value in row) for row in anchor_table(options.detector).tolist()))
    else:
        write_anchors(options.detector, options.npy)
        _progress(f"{options.npy}: written")
    return DONE


def _add_swift(commands: Any) -> None:
    command = _command(
        commands,
        "swift",
        _run_swift,
        "render the Swift package for the packages that were built",
        "blazemesh swift --packages build/coreml --out build/swift",
    )
    command.add_argument("--packages", type=Path, default=DEFAULT_OUT, metavar="DIR", help=f"default: {DEFAULT_OUT}")
    command.add_argument("--out", type=Path, default=Path("build/swift"), metavar="DIR", help="default: build/swift")


def _run_swift(options: argparse.Namespace) -> int:
    from blazemesh.swift_package import write_swift

    changed = write_swift(options.packages, options.out)
    _print(f"{options.out / 'BlazeMesh'}: {len(changed)} files changed")
    return DONE

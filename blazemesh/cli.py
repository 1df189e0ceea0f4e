"""The command line: whatever goes wrong is one line; exit code 0 is done, 1 a gate failed, 2 bad input."""

import argparse
import io
import re
import sys
from pathlib import Path
from typing import NoReturn

from blazemesh import __version__
from blazemesh.commands import (
    anchors,
    app,
    build,
    convert,
    demo,
    fetch,
    homes,
    inspect,
    lint,
    predict,
    run,
    swift,
    verify,
)
from blazemesh.commands.parsing import Parser
from blazemesh.errors import BAD_INPUT, GATE_FAILED, INTERRUPTED, GateError, InputError
from blazemesh.terminal import say

COMMANDS = (fetch, build, convert, inspect, verify, lint, predict, run, demo, swift, app, homes, anchors)
ROOMS = ("blazemesh", "converters", "facts", "pipelines", "runtime", "swift_templates", "verification")


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
        say("interrupted; nothing half-done was left")
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
                say(f"failed: {failure}")
            return GATE_FAILED
        case InputError() | ConversionError() | PackageError() | OracleError():
            say(f"error: {error}")
        case EngineError() | FrameError() | SourceError():
            say(f"error: {error}")
        case OSError():
            say(f"error: {describe_os_error(error)}")
        case MemoryError():
            say("error: found too little memory; close other programs, or take a smaller model, picture or --cases")
        case _:
            say(f"error: a defect of this program, please report it: {_place(error)}: {type(error).__name__}: {error}")
    return BAD_INPUT


def _place(error: Exception) -> str:
    """Where an exception was raised: a file of this project's, if there is one on the way, and its line."""
    import traceback

    house = Path(__file__).resolve().parent.parent
    told = str(getattr(error.__cause__, "tb", ""))  # a worker's exception brings its traceback as text
    places = re.findall(r'File "(.+)", line (\d+)', told or "".join(traceback.format_tb(error.__traceback__)))
    ours = [place for place in places if any(Path(place[0]).is_relative_to(house / room) for room in ROOMS)]
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


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="blazemesh", description="MediaPipe's face models as verified Core ML packages for iOS apps.")
    parser.add_argument("--version", action="version", version=f"blazemesh {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser

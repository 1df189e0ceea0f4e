"""Lines on standard output and standard error."""

import json
import math
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from blazemesh.errors import BAD_INPUT, DONE, InputError
from blazemesh.files import describe_os_error
from blazemesh.text_table import printable


def say(line: str) -> None:
    """One line on standard error, whatever names out of strangers' files are in it."""
    _write(f"blazemesh: {printable(line)}", sys.stderr)


def progress(line: str) -> None:
    """One line of progress on standard error."""
    _write(f"  {line}", sys.stderr)


def in_one_line(name: str, work: Callable[[], None]) -> int:
    """Do `work`, the whole of a module's command called `name`; 0, or 2 and one line where it raises for bad input."""
    try:
        work()
    except (InputError, OSError) as error:
        told = describe_os_error(error) if isinstance(error, OSError) else str(error)
        print(f"{name}: {told}", file=sys.stderr)
        return BAD_INPUT
    return DONE


def print_text(text: str) -> bool:
    """Print to standard output; whether anybody reads."""
    return _write(text, sys.stdout)


def _write(text: str, stream: TextIO | None) -> bool:
    """Print; where nobody reads any more only the text is lost: the command goes on, and its exit code stands.

    OSError where it can't be written for another reason, such as a full disk; nothing more is written then.
    """
    if stream is None:  # closed from the start
        return False
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        # Python writes what is left again as it ends, and a second failure would cost the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if isinstance(error, BrokenPipeError):
            return False
        raise
    return True


def print_json(document: Any) -> None:
    """One document in ASCII; JSON knows no NaN and no infinity, null stands for both."""
    print_text(json.dumps(_finite(document), indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

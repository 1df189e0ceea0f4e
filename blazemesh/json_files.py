"""JSON files that somebody else may have written: read within bounds, refused in one line."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blazemesh.errors import InputError
from blazemesh.files import describe_os_error


def read_json(path: Path, largest: int, advice: str) -> Any:
    """The document in a file of at most `largest` bytes.

    FileNotFoundError where there is none; InputError, one line that ends in `advice`, where it can't be read.
    """
    try:
        if (size := path.stat().st_size) > largest:
            raise InputError(f"{path}: {size} bytes, expected at most {largest}; {advice}")
        data = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(f"{describe_os_error(error)}; {advice}") from error
    return parse_json(data, path, advice)


def parse_json(data: bytes, where: Path, advice: str) -> Any:
    """The document that a file's bytes are; InputError, one line that ends in `advice`, where they are none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: no JSON ({error}); {advice}") from error


def has_fields(value: Any, fields: Mapping[str, Any]) -> bool:
    """Whether `value` is an object with at least these fields, each of its kind."""
    return (
        isinstance(value, dict)
        and value.keys() >= fields.keys()
        and all(isinstance(value[name], kind) for name, kind in fields.items())
    )

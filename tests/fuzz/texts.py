"""Hostile TOML and JSON: broken as text, or well-formed and wrong."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.fuzz.mutations import Random, spliced

CATALOG = Path(__file__).parents[2] / "models.toml"

TOML_PIECES = (
    b'""',
    b'"../../secret"',
    b'"/etc/passwd"',
    b'"a\\u0000b"',
    b'"\\u001b[31m"',
    b'"class"',
    b"1e400",
    b"nan",
    b"-inf",
    b"-1",
    b"9" * 5000,
    b"true",
    b"[" * 3000,
    b"[]",
    b"{}",
    b"1979-05-27T07:32:00Z",
    b"[[models]]",
    b"[wheels]",
    b'"""',
    b"\xff",
    b"#",
    b"= ",
    b"x" * 100_000,
)

VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**64,
    10**4000,
    0.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    [],
    {},
    [{}],
)


def hostile_catalog(source: Random) -> bytes:
    """A models.toml."""
    return spliced([CATALOG.read_bytes()], TOML_PIECES, source)


@cache
def _manifest() -> dict[str, Any]:
    row = {
        **dict.fromkeys(("output", "oracle", "executor", "arithmetic", "unit"), "litert"),
        "cases": 24,
        "faces": 12,
        "max": 0.25,
        "mean": 0.125,
        "limit": 0.5,
        "mean_limit": 0.5,
    }
    entry = {
        "name": "FaceMesh",
        "package": "FaceMesh.mlpackage",
        "sha256": "0" * 64,
        "bytes": 1,
        "key": "1" * 64,
        "form": "mesh",
        "precision": "float16",
        "target": "iOS16",
        "operators": {"conv": 2},
        "notes": ["one"],
        "source": [{"file": "x.tflite", "sha256": "2" * 64}],
        "inputs": [{"name": "image"}],
        "outputs": [{}],
        "parity": [row, row],
        "network": [row],
        "unverified": [{"output": "x", "reason": "y"}],
    }
    return {"schema": 1, "generator": "blazemesh 0", "models": [entry, entry]}


def hostile_manifest(source: Random) -> bytes:
    """A manifest.json."""
    paths = ("../x.mlpackage", "/x.mlpackage", "..", "a/b.mlpackage", "a\0.mlpackage", "x" * 5000 + ".mlpackage")
    return hostile_json(_manifest(), source, paths)


def hostile_json(document: Any, source: Random, texts: tuple[str, ...]) -> bytes:
    """A document with one to three values that are others, gone, renamed, doubled or nested; a third broken as text."""
    text = json.dumps(document)
    if source.random() < 0.3:
        pieces = (
            b"[" * 100_000,
            b"9" * 5000,
            b"1e999",
            b"NaN",
            b'"\\ud800"',
            b"{",
            b"}",
            b"\xff",
            b"\xef\xbb\xbf",
            b"",
        )
        return spliced([text.encode(), json.dumps(document, indent=1).encode()], pieces, source)
    hostile = json.loads(text)
    for _ in range(source.randint(1, 3)):
        holder, key = source.choice(list(_slots(hostile)) or [([hostile], 0)])
        _change(holder, key, source, texts)
    return json.dumps(hostile).encode()


def _slots(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document that holds a value: its list or object, and the index or key."""
    if not isinstance(value, list | dict):
        return []
    keys = range(len(value)) if isinstance(value, list) else list(value)
    return [slot for key in keys for slot in [(value, key), *_slots(value[key])]]


def _change(holder: Any, key: Any, source: Random, texts: tuple[str, ...]) -> None:
    what = source.choice(("value", "value", "text", "text", "gone", "renamed", "many", "nested"))
    if what == "gone":
        del holder[key]
    elif what == "renamed" and isinstance(holder, dict):
        holder[source.choice(texts)] = holder.pop(key)
    elif what == "many":
        holder[key] = [holder[key]] * 1000
    elif what == "nested":
        holder[key] = {"path": [holder[key]]}
    else:
        holder[key] = source.choice(texts if what == "text" else VALUES)

"""Swift sources without their comments, for what is looked up in them by name."""

import re
from collections.abc import Mapping
from pathlib import Path

TOKEN = re.compile(
    r'(?P<text>(?P<hashes>#*)"""[\s\S]*?"""(?P=hashes)|(?P<more>#+)"[^\n]*?"(?P=more)|"(?:\\.|[^"\\\n])*")'
    r"|//[^\n]*|/\*|\*/"
)
"""A literal, which is kept, a comment in one line, or the beginning or end of one that may hold others."""


def code(text: str) -> str:
    """The source without comments; literals stay."""
    kept, depth, place = [], 0, 0
    for token in TOKEN.finditer(text):
        if depth == 0:
            kept.append(text[place : token.start()])
        match token[0]:
            case "/*":
                depth += 1
            case "*/":
                depth = max(0, depth - 1)
            case other if depth == 0 and token["text"] is not None:
                kept.append(other)
        place = token.end()
    return "".join(kept) + (text[place:] if depth == 0 else "")


def sources(folder: Path) -> Mapping[str, str]:
    """The code of every Swift file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): code(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.swift"))
    }

"""Names that become Swift's."""

import re
from collections.abc import Iterable

from swift_templates.errors import RenderError

# fmt: off
KEYWORDS = frozenset(
    {
        "Any", "Protocol", "Self", "Type", "as", "associatedtype", "await", "break", "case", "catch", "class",
        "continue", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false",
        "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let",
        "nil", "open", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
        "return", "self", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try",
        "typealias", "var", "where", "while",
    }
)
"""Words that are no names unless they are quoted. Source: swiftlang/swift-book, "Lexical Structure", keywords."""
# fmt: on

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
"""Swift allows more; what is in a manifest need not use it."""


def checked(name: str, what: str) -> str:
    """`name`, if it can be a Swift identifier; RenderError, which says `what` it was to name."""
    if not NAME.fullmatch(name):
        raise RenderError(f"{what} is called {name!r}; expected letters and digits, a letter first")
    if name in KEYWORDS:
        raise RenderError(f"{what} is called {name!r}, a keyword of Swift; expected another name")
    return name


def member(name: str, what: str) -> str:
    """The name of a constant for `name`: its leading capitals in lower case, but for one that begins a word.

    "FaceMesh" gives faceMesh, "URLModel" urlModel. RenderError for what is no identifier.
    """
    text = checked(name, what)
    capitals = re.match(r"[A-Z]*", text)
    length = len(capitals.group()) if capitals else 0
    head = length - 1 if 1 < length < len(text) and text[length].islower() else length
    return checked(text[:head].lower() + text[head:], what)


def distinct(names: Iterable[str], taken: Iterable[str], what: str) -> None:
    """RenderError if two of `names` are the same, or one of them is `taken` already."""
    seen = set(taken)
    for name in names:
        if name in seen:
            raise RenderError(f"{what} {name!r} is there already; expected names that differ")
        seen.add(name)

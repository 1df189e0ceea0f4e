"""Names that Swift takes."""

import re

# The Swift Programming Language, Lexical Structure: reserved words that could be a name.
KEYWORDS = frozenset(
    """
    Any Protocol Self Type as associatedtype await borrowing break case catch class consuming continue default defer
    deinit do else enum extension fallthrough false fileprivate for func guard if import in init inout internal is let
    nil nonisolated open operator precedencegroup private protocol public repeat rethrows return self static struct
    subscript super switch throw throws true try typealias var where while
    """.split()  # noqa: SIM905 — a paragraph of words reads better than a list of strings
)

GENERATED_MEMBERS = frozenset({"featureNames", "featureValue", "provider"})
"""Members of the input and output classes that Xcode generates; each feature becomes one more."""


def is_identifier(name: str) -> bool:
    """Whether Swift takes `name` without backticks, and Core ML in ASCII."""
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None and name not in KEYWORDS

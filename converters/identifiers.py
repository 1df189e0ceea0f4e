"""Names that Core ML and Swift take."""

import re

# The reserved words that could come out as a name (The Swift Programming Language, Lexical Structure).
SWIFT_KEYWORDS = frozenset(
    """
    as associatedtype borrowing break case catch class consuming continue default defer deinit do else enum extension
    fallthrough false fileprivate for func guard if import in init inout internal is let nil nonisolated open operator
    precedencegroup private protocol public repeat rethrows return self static struct subscript super switch throw
    throws true try typealias var where while
    """.split()  # noqa: SIM905 — a paragraph of words reads better than a list of strings
)

# The words that coremltools renames where a feature is called so (NameSanitizer in its passes/defs/preprocess.py).
CORE_ML_WORDS = frozenset(
    """
    any bf16 bool dict false fp16 fp32 fp64 func int16 int32 int64 int8 list program state string tensor true tuple
    uint16 uint32 uint64 uint8
    """.split()  # noqa: SIM905
)


def identifier(name: str) -> str:
    """`name` with everything that Core ML refuses in an identifier replaced by an underscore."""
    word = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "value"
    return f"_{word}" if word[0].isdigit() else word


def lower_camel_case(name: str) -> str:
    """`name` as a Swift developer would write it: `StatefulPartitionedCall:1` becomes `statefulPartitionedCall1`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    if not words:
        return "value"
    first = words[0].lower() if words[0].isupper() else words[0][0].lower() + words[0][1:]
    camel = first + "".join(word[0].upper() + word[1:] for word in words[1:])
    if camel[0].isdigit():
        return f"value{camel}"
    return f"{camel}Value" if camel in SWIFT_KEYWORDS | CORE_ML_WORDS else camel


def operation_name(tensor: str, index: int) -> str:
    """A MIL name for a source's tensor: the end of its own, and its index, by which it is found again in the package.

    Exporters join the names of all that they fused (`a/Relu;a/BatchNorm;a/Conv2D`): the first, without its scopes, says
    enough, and the full range detector's package with whole ones is a quarter larger.
    """
    return f"{identifier(tensor.split(';')[0].split('/')[-1])}_t{index}"

"""Which operators the executor's own tests hold against their definition in plain numpy."""

import ast
from functools import cache
from pathlib import Path

from tests.apple.runs import ROOT
from verification.executor.operators.registry import operators

# What carries no computation of its own: every program of every test has it.
SELF_EVIDENT = frozenset({"const"})

# Convolutions are judged beside Apple's cases, in both precisions.
_HERE = dict.fromkeys(("conv", "conv_transpose"), Path("tests/apple/test_convolution.py"))


@cache
def definitions() -> dict[str, Path]:
    """The test file of each operator, from the root: the one that mirrors its module, if it names the operator.

    It names it as `mb.kind` or as text; the fixtures there assert that the saved package contains what is named.
    """
    found = {}
    for kind, operator in operators().items():
        module = operator.emit.__module__.rpartition(".")[2]
        mirror = Path("tests/verification/executor/operators") / f"test_{module}.py"
        if kind not in SELF_EVIDENT and kind in _names(mirror):
            found[kind] = mirror
    return found | _HERE


@cache
def _names(file: Path) -> frozenset[str]:
    nodes = list(ast.walk(ast.parse((ROOT / file).read_text())))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    built = (node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "mb")
    return frozenset((*texts, *built))

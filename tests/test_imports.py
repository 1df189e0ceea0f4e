"""Who may import whom: the judge must not share a mistake with what it judges, and each room stays usable by itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"blazemesh", "converters", "facts", "pipelines", "runtime", "swift_templates", "verification"}
ALLOWED = {
    "blazemesh": OURS,
    "converters": {"converters"},
    "facts": {"facts"},
    "pipelines": {"pipelines", "facts"},
    "pipelines/mil": {"pipelines", "facts", "converters"},
    "runtime": {"runtime", "pipelines", "facts"},
    "swift_templates": {"swift_templates", "facts"},
    "verification": {"verification"},
    "verification/executor": {"verification.executor"},
    "verification/lint": {"verification.lint", "verification.executor"},
    "verification/oracles": {"verification.oracles", "verification.pictures", "pipelines"},
}
"""Below each folder, the modules of ours that may be imported; the longest folder that fits a file counts."""


def imports(source: str, package: str) -> Iterator[str]:
    """The modules that a module of `package` imports, wherever in it; `from a import b` gives a.b, as b may be one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (str(given.value) for given in node.args[:1] if isinstance(given, ast.Constant))


def violations(root: Path) -> list[str]:
    found = []
    for path in sorted(file for room in OURS for file in (root / room).rglob("*.py")):
        relative = path.relative_to(root)
        folder = max((f for f in ALLOWED if relative.is_relative_to(f)), key=len)
        for name in imports(path.read_text(encoding="utf-8"), ".".join(relative.parent.parts)):
            allowed = any(name == module or name.startswith(f"{module}.") for module in ALLOWED[folder])
            if name.split(".")[0] in OURS and not allowed:
                found.append(f"{relative}: {name}")
    return found


def test_every_room_imports_only_what_it_may() -> None:
    assert violations(ROOT) == []


def test_every_room_is_looked_at() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == OURS
    assert all(list((ROOT / folder).rglob("*.py")) for folder in ALLOWED)


@pytest.mark.parametrize(
    ("file", "line", "name"),
    [
        ("converters/planted.py", "import blazemesh", "blazemesh"),
        ("converters/ops/planted.py", "from pipelines import anchors", "pipelines.anchors"),
        ("verification/executor/planted.py", "from converters.graph import Graph", "converters.graph.Graph"),
        ("verification/executor/planted.py", "from .. import pictures", "verification.pictures"),
        ("verification/executor/planted.py", "import verification.limits as limits", "verification.limits"),
        ("verification/lint/planted.py", "from converters import graph", "converters.graph"),
        ("verification/oracles/planted.py", "def f():\n    from converters import graph", "converters.graph"),
        ("verification/planted.py", "import facts", "facts"),
        ("runtime/planted.py", "from verification.executor.reference import X", "verification.executor.reference.X"),
        ("pipelines/planted.py", "from importlib import import_module\nimport_module('runtime.warp')", "runtime.warp"),
        ("facts/planted.py", "import pipelines.anchors", "pipelines.anchors"),
        ("swift_templates/planted.py", "import blazemesh.manifest", "blazemesh.manifest"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, file: str, line: str, name: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(f"{line}\n")
    assert violations(tmp_path) == [f"{file}: {name}"]


def test_what_is_allowed_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "verification" / "oracles").mkdir(parents=True)
    (tmp_path / "verification" / "oracles" / "fine.py").write_text(
        "import numpy\nfrom pipelines.anchors import X\nfrom verification.pictures import Y\nfrom . import errors\n"
    )
    assert violations(tmp_path) == []


def test_nothing_of_ours_is_named_as_the_standard_library() -> None:
    assert not OURS & set(sys.stdlib_module_names)

"""A Mac that isn't one: commands answered out of a table, packages that are only named."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blazemesh.mac.runner import Ran
from tests.blazemesh.mac import recorded

Reply = Ran | Callable[[tuple[str, ...], Mapping[str, str]], Ran]
PACKAGES = ("Eye", "Finder")
"""The names of the packages that a fake Mac has."""


def ended(out: str = "", err: str = "", code: int = 0, seconds: float = 1.0) -> Ran:
    """A command that ended by itself."""
    return Ran(("tool", "verb"), "ended", code, out, err, seconds)


MISSING = Ran(("tool", "verb"), "missing", None, "", "No such file or directory", 0.0)
HUNG = Ran(("tool", "verb"), "timed out", None, "half a line", "", 180.0)


@dataclass
class FakeRunner:
    """Answers each command by the name under which its output is kept, the longest that it begins with."""

    replies: dict[str, Reply]
    asked: list[str] = field(default_factory=list)

    def run(
        self, command: Sequence[str], name: str, timeout: float, environment: Mapping[str, str] | None = None
    ) -> Ran:
        """As the table has it."""
        assert timeout > 0
        self.asked.append(name)
        words = ("/somewhere/bin/python", *command[1:]) if "-m" in command else tuple(command)
        found = max((key for key in self.replies if name.startswith(key)), key=len)
        reply = self.replies[found]
        ran = reply if isinstance(reply, Ran) else reply(words, environment or {})
        return Ran(words, ran.ending, ran.code, ran.out, ran.err, ran.seconds)


def operator(name: str, preferred: str, *supported: str, weight: float | None = 0.25) -> dict[str, Any]:
    """One operator as the plan's worker tells it."""
    return {
        "name": name,
        "kind": "ios16.conv",
        "preferred": preferred,
        "supported": list(supported or (preferred,)),
        "weight": weight,
    }


ENGINE_PLAN = {
    "devices": ["cpu", "gpu", "neural engine"],
    "operators": [operator("a", "neural engine", "cpu", "neural engine"), operator("b", "cpu", weight=None)],
}
HOSTED_PLAN = {"devices": ["cpu", "gpu"], "operators": [operator("a", "cpu", "cpu", "gpu")]}
TIMES = {"load_milliseconds": 81.5, "milliseconds": 0.91, "predictions": 100}


def worker(answer: Any) -> Ran:
    """A worker that writes this, after a line of somebody else's."""
    return ended(f"scikit-learn version 9 is not supported.\n{json.dumps(answer)}\n")


def compile_well(command: tuple[str, ...], environment: Mapping[str, str]) -> Ran:
    """coremlcompiler: the package's files appear in the folder."""
    folder = Path(command[-1]) / f"{Path(command[-2]).stem}.mlmodelc"
    folder.mkdir(parents=True)
    (folder / "coremldata.bin").write_bytes(b"x" * 100)
    return ended(recorded.compiled(str(folder)), seconds=0.7)


def pass_tests(command: tuple[str, ...], environment: Mapping[str, str]) -> Ran:
    """pytest: it passes, and each package's figures are recorded."""
    lines = [json.dumps(figures(name)) + "\n" for name in PACKAGES]
    Path(environment["BLAZEMESH_RECORD"]).write_text("".join(lines), encoding="utf-8")
    return ended(recorded.PYTEST_PASSED)


def figures(package: str, **changed: Any) -> dict[str, Any]:
    """One output's row, as the tests record it."""
    row = {
        "package": package,
        "output": "landmarks",
        "unit": "normalised",
        "executor": "coreml",
        "arithmetic": "float16",
    }
    errors = {"max": 5e-4, "mean": 7e-5, "limit": 1.8e-3, "mean_limit": 2.6e-4, "cases": 24, "faces": 12}
    return {**row, **errors, "verdict": "held", "reason": "", **changed}


def replies(**changed: Reply) -> dict[str, Reply]:
    """A laptop on which everything holds; `__` in a changed name stands for "-"."""
    usual: dict[str, Reply] = {
        "machine-sysctl": ended(recorded.LAPTOP),
        "machine-sw_vers": ended(recorded.SW_VERS),
        "machine-xcodebuild": ended(recorded.XCODEBUILD_VERSION),
        "machine-swift": ended(recorded.SWIFT_VERSION),
        "machine-commit": ended("0123456789abcdef0123456789abcdef01234567\n"),
        "machine-tree": ended(),
        "coreml": ended("9 packages in build/coreml\n"),
        "compile": compile_well,
        "plan": worker(ENGINE_PLAN),
        "predict": pass_tests,
        "swift-render": ended(),
        "swift-test": ended(recorded.SWIFT_PASSED),
        "app": ended(recorded.BUILT),
        "times": worker(TIMES),
    }
    return usual | {name.replace("__", "-"): reply for name, reply in changed.items()}


HOSTED = {"machine__sysctl": ended(recorded.HOSTED), "plan": worker(HOSTED_PLAN)}
"""What a hosted runner answers otherwise."""


def entry(name: str, **changed: Any) -> dict[str, Any]:
    """A package's entry in the manifest, Core ML's own row among the parity rows."""
    row = {**figures(name), "oracle": "numpy"}
    parity = [{key: value for key, value in row.items() if key not in ("package", "verdict", "reason")}]
    texts = {"key": "k", "precision": "float16", "target": "iOS16", "form": "eye", "package": f"{name}.mlpackage"}
    lists: dict[str, list[Any]] = {key: [] for key in ("source", "inputs", "outputs", "unverified", "notes", "network")}
    whole = {"name": name, "sha256": name.lower() * 4, "bytes": 10, "operators": {"conv": 2}, "parity": parity}
    return {**whole, **texts, **lists, **changed}

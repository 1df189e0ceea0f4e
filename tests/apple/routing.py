"""A pytest plugin for coremltools' own operator tests: where they ask Core ML, the reference executor answers.

It replaces parts of coremltools, so it runs in a process of its own (see `runs`). All else is Apple's: programs,
inputs, expected values, and the tolerances of fp32. For fp16 Apple allows an error of 0.5 or 5%, which shows little;
here it is FP16_TOLERANCE.
"""

import gc
import os
import sys
import tempfile
import types
import zlib
from collections.abc import Callable, Generator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.apple.cases import Case, append_case
from tests.apple.subjects import subjects
from verification.executor.dtypes import FLOAT16, Array, numpy_dtype
from verification.executor.operators.registry import Operator, operators
from verification.executor.package import load_program
from verification.executor.program import Feature, Program
from verification.executor.proto import load_proto
from verification.executor.reference import ReferenceModel

# coremltools' testing_reqs.py reads these when it is imported: ML Programs only, both precisions, every opset.
os.environ |= {
    "PYMIL_TEST_TARGETS": "mlprogram",
    "INCLUDE_MIL_FP32_UNIT_TESTS": "1",
    "RUN_BACKWARD_COMPATIBILITY": "1",
    "TQDM_DISABLE": "1",
}

FP16_TOLERANCE = 0.01
"""Absolute and relative. A half has 11 bits: inputs, constants and results are off by up to 2^-12 of their size."""


class Judge:
    """The plugin: which cases run, and what becomes of them."""

    def __init__(self, record: Path, opsets: set[str], per_group: int | None, ask: Callable[..., Any]) -> None:
        self._record = record
        self._opsets = opsets
        self._per_group = per_group
        self._ask = ask
        self._case = Case("", "", "")
        self._replayed: dict[str, Array] | None = None

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keeps the cases of the chosen opsets; of each group as many as asked, of its newest opset, evenly spread."""
        chosen = [item for item in items if _backend(item) is not None and _opset(item) in self._opsets]
        groups: dict[tuple[str, ...], list[pytest.Function]] = {}
        for item in chosen:
            groups.setdefault(_group(item), []).append(item)
        spread = (_spread(group, self._per_group) for group in groups.values()) if self._per_group else [chosen]
        items[:] = [item for part in spread for item in part]
        # ct.convert collects garbage each time; what is frozen isn't looked at.
        gc.freeze()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Generator[None, Any, Any]:
        """One case; its random inputs depend on its name alone."""
        seed = zlib.crc32(item.nodeid.encode())
        np.random.seed(seed)
        if "torch" in sys.modules:
            sys.modules["torch"].manual_seed(seed)
        self._case = Case(item.nodeid, _opset(item), _backend(item).precision)
        result = yield
        append_case(self._record, self._case)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """Notes how the case ended."""
        report = yield
        case = self._case
        if report.skipped:
            expected = hasattr(report, "wasxfail")
            case.outcome = "expected failure" if expected else "skipped"
            case.reason = str(report.wasxfail if expected else report.longrepr[2])
        elif report.failed:
            case.outcome = "failed"
            error = call.excinfo
            case.reason = _one_line(error) if error else "it passes where Apple expects it to fail"
        elif report.when == "call":
            case.outcome = "matched" if case.compared else "uncompared"
        return report

    def convert(self, original: Callable[..., Any], program: Any, **options: Any) -> Any:
        """Stands in for ct.convert in the tests: skips at once what the executor is not made for."""
        kinds = {operation.op_type for operation in program["main"].operations}
        if unknown := kinds - set(operators()):
            pytest.skip(f"the executor does not have {', '.join(sorted(unknown))}")
        if any(not isinstance(size, int) for var in program["main"].inputs.values() for size in var.shape):
            pytest.skip("the program has flexible shapes; packages are built with fixed ones")
        return original(program, **options)

    def predict(self, model: Any, data: Mapping[str, Any], state: Any = None) -> dict[str, Array]:
        """Stands in for MLModel.predict: the model is saved, and the package executed."""
        if self._replayed is not None:
            return self._replayed
        case = self._case
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "program.mlpackage"
            model.save(str(path))
            program = load_program(path)
            reference = ReferenceModel(path, "float16" if _has_halves(program) else "float32")
            features = {feature.name: feature for feature in program.inputs}
            outputs = reference.predict({name: _converted(features[name], value) for name, value in data.items()})
        case.predictions += 1
        case.precision = "fp16" if _has_halves(program) else "fp32"
        case.operators = sorted({*case.operators, *subjects(program, case.test)})
        return outputs

    def compare(self, original: Callable[..., Any], **arguments: Any) -> Any:
        """Stands in for coremltools' compare_backend, with the tolerances said above.

        After the values agreed, the same comparison must refuse each output when more than its tolerance is added: only
        then they count as compared.
        """
        # Elsewhere than on the CPU Apple allows an error of 0.5 too; the executor is one for all of them.
        arguments["mlmodel"].compute_unit = type(arguments["mlmodel"].compute_unit).CPU_ONLY
        self._replayed = self._ask(arguments["mlmodel"], arguments["input_key_values"], arguments.get("state"))
        try:
            if self._case.precision == "fp16":
                arguments |= {key: max(arguments[key], FP16_TOLERANCE) for key in ("atol", "rtol")}
            original(**arguments | {"dtype": "fp32"})
            for name, expected in arguments["expected_outputs"].items():
                changed = {name: _changed(expected, arguments["atol"], arguments["rtol"])}
                if np.size(expected):
                    _refuse(original, arguments | {"dtype": "fp32", "expected_outputs": changed})
                self._case.compared += np.size(expected)
            return self._replayed
        finally:
            self._replayed = None


def _one_line(error: pytest.ExceptionInfo[BaseException]) -> str:
    """The error's type and message without the folder in which the package was."""
    message = " ".join(str(error.value).split())
    return f"{error.typename}: {message.rpartition('.mlpackage: ')[2]}"[:400]


def _refuse(compare: Callable[..., Any], arguments: dict[str, Any]) -> None:
    try:
        compare(**arguments)
    except AssertionError:
        return
    raise RuntimeError("this comparison accepts changed values too")


def _changed(expected: Any, atol: float, rtol: float) -> Array:
    wide = np.asarray(expected, np.float64)
    return np.where(np.isfinite(wide), wide + 4 * (atol + rtol * np.abs(wide)), 0.0)


def _has_halves(program: Program) -> bool:
    values = (output.type for operation in program.operations for output in operation.outputs)
    return any(value.dtype == FLOAT16 for value in (*values, *(feature.type for feature in program.inputs)))


def _converted(feature: Feature, value: Any) -> Any:
    """Core ML converts what it is given to the feature's type, and takes a scalar as an array of one."""
    if feature.kind == "image":
        return value
    array = np.asarray(value).astype(numpy_dtype(feature.dtype))
    return array.reshape(feature.shape) if array.size == feature.type.elements == 1 else array


def _backend(item: pytest.Function) -> Any:
    """The parameter that says opset and precision; None for a test without, which makes no prediction."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    backend = parameters.get("backend")
    return backend if hasattr(backend, "opset_version") else None


def _opset(item: pytest.Function) -> str:
    return str(_backend(item).opset_version.name)


def _group(item: pytest.Function) -> tuple[str, ...]:
    """Cases that differ in numbers, shapes and opset: those of one test, precision and words (modes, paddings)."""
    words = [value for value in item.callspec.params.values() if isinstance(value, str)]
    return (item.nodeid.partition("[")[0], _backend(item).precision, *words)


def _spread(group: list[pytest.Function], count: int) -> list[pytest.Function]:
    newest = max(_backend(item).opset_version for item in group)
    cases = [item for item in group if _backend(item).opset_version == newest]
    picked = {(2 * i + 1) * len(cases) // (2 * count) for i in range(count)}
    return [cases[i] for i in sorted(picked)]


def _damage(kind: str) -> None:
    """Makes the operator wrong: it adds 1 to its first result."""
    right = operators()[kind]

    def wrong(graph: Any, **arguments: Any) -> str:
        result = right.emit(graph, **arguments)
        return str(graph.node("Add", result, graph.scalar(1.0)))

    operators()[kind] = Operator(wrong, right.parameters)  # type: ignore[index]


def _install(judge: Judge) -> None:
    """Puts the judge where coremltools' tests look for Core ML."""
    import coremltools as ct
    from coremltools.converters.mil import testing_utils
    from coremltools.converters.mil.mil.ops.tests import testing_utils as builder_utils

    compare, convert = testing_utils.compare_backend, builder_utils.ct_convert
    ct.models.MLModel.predict = lambda model, data, state=None: judge.predict(model, data, state)
    ct.models.utils._macos_version = lambda: (15, 5)
    testing_utils._IS_MACOS = True
    builder_utils.ct_convert = lambda program, **options: judge.convert(convert, program, **options)
    builder_utils.compare_backend = lambda **arguments: judge.compare(compare, **arguments)


def _ask_core_ml(*arguments: Any) -> Any:
    from coremltools.converters.mil import testing_utils

    return testing_utils.run_core_ml_predict(*arguments)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run."""
    parser.addoption("--judge-record", type=Path, required=True, help="where the cases are written")
    parser.addoption("--judge-opsets", default="iOS15,iOS16,iOS17,iOS18", help="targets, such as iOS16,iOS17")
    parser.addoption("--judge-per-group", type=int, help="how many cases of each group run; all without")
    parser.addoption("--judge-damage", help="an operator to make wrong, as a control")


def pytest_configure(config: pytest.Config) -> None:
    """Installs the judge before coremltools' tests are imported."""
    load_proto()
    if find_spec("scipy") is None:
        # The tests import it at their top; those that use it fail by what is missing.
        sys.modules["scipy"] = types.ModuleType("scipy")
    judge = Judge(
        config.getoption("judge_record"),
        set(config.getoption("judge_opsets").split(",")),
        config.getoption("judge_per_group"),
        _ask_core_ml,
    )
    if kind := config.getoption("judge_damage"):
        _damage(kind)
    _install(judge)
    config.pluginmanager.register(judge, "judge")

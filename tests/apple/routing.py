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
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.apple.cases import Case, append_case
from tests.apple.faults import faulty
from tests.apple.selection import Selection, backend_of, opset_of
from tests.apple.subjects import subjects
from verification.executor.dtypes import FLOAT16, Array, numpy_dtype
from verification.executor.errors import PackageError
from verification.executor.operators.registry import operators
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

    def __init__(self, selection: Selection, record: Path, ask: Callable[..., Any]) -> None:
        self._selection = selection
        self._record = record
        self._ask = ask
        self._case = Case("", "", "")
        self._subjects: list[str] = []
        self._replayed: dict[str, Array] | None = None

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Keeps the cases that are to run."""
        items[:] = self._selection.of(items)
        # What is frozen isn't looked at when garbage is collected.
        gc.freeze()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Generator[None, Any, Any]:
        """One case; its random inputs depend on its name alone."""
        seed = zlib.crc32(item.nodeid.encode())
        np.random.seed(seed)
        if "torch" in sys.modules:
            sys.modules["torch"].manual_seed(seed)
        self._case = Case(item.nodeid, opset_of(item), backend_of(item).precision)
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
            case.outcome = "matched" if case.operators else "uncompared"
        return report

    def convert(self, original: Callable[..., Any], program: Any, **options: Any) -> Any:
        """Stands in for ct.convert in the tests: skips at once what the executor is not made for."""
        kinds = {operation.op_type for operation in program["main"].operations}
        if unknown := kinds - set(operators()):
            pytest.skip(f"the executor does not have {', '.join(sorted(unknown))}")
        if any(not isinstance(size, int) for var in program["main"].inputs.values() for size in var.shape):
            pytest.skip("the program has flexible shapes; packages are built with fixed ones")
        return original(program, **options | {"skip_model_load": True})

    def predict(self, model: Any, data: Mapping[str, Any], state: Any = None) -> dict[str, Array]:
        """Stands in for MLModel.predict: the model is saved, and the package executed."""
        if self._replayed is not None:
            return self._replayed
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "program.mlpackage"
            model.save(str(path))
            program = load_program(path)
            halves = _has_halves(program)
            self._case.precision = "fp16" if halves else "fp32"
            self._subjects = subjects(program, self._case.test)
            reference = ReferenceModel(path, "float16" if halves else "float32")
            features = {feature.name: feature for feature in program.inputs}
            return reference.predict({name: _converted(features[name], value) for name, value in data.items()})

    def compare(self, original: Callable[..., Any], **arguments: Any) -> Any:
        """Stands in for coremltools' compare_backend, with the tolerances said above.

        After the values agreed, the same comparison must refuse each output when more than its tolerance is added: only
        then they count as compared. And it must refuse what is executed with an operator that is wrong: only then the
        case judges this operator.
        """
        # Elsewhere than on the CPU Apple allows an error of 0.5 too; the executor is one for all of them.
        arguments["mlmodel"].compute_unit = type(arguments["mlmodel"].compute_unit).CPU_ONLY
        arguments["dtype"] = "fp32"
        outputs = self._execute(arguments)
        if self._case.precision == "fp16":
            arguments |= {key: max(arguments[key], FP16_TOLERANCE) for key in ("atol", "rtol")}
        self._hold(original, outputs, arguments)
        for name, expected in arguments["expected_outputs"].items():
            changed = {name: _changed(expected, arguments["atol"], arguments["rtol"])}
            if np.size(expected) and not self._refuses(original, outputs, arguments | {"expected_outputs": changed}):
                raise RuntimeError("this comparison accepts changed values too")
            self._case.compared += np.size(expected)
        noticed = {kind for kind in self._subjects if self._notices(original, arguments, kind)}
        self._case.operators = sorted({*self._case.operators, *noticed})
        return outputs

    def _execute(self, arguments: Mapping[str, Any]) -> dict[str, Array]:
        outputs: dict[str, Array] = self._ask(
            arguments["mlmodel"], arguments["input_key_values"], arguments.get("state")
        )
        return outputs

    def _hold(self, original: Callable[..., Any], outputs: dict[str, Array], arguments: dict[str, Any]) -> None:
        """Apple's comparison of outputs that are there already."""
        self._replayed = outputs
        try:
            original(**arguments)
        finally:
            self._replayed = None

    def _refuses(self, original: Callable[..., Any], outputs: dict[str, Array], arguments: dict[str, Any]) -> bool:
        try:
            self._hold(original, outputs, arguments)
        except AssertionError:
            return True
        return False

    def _notices(self, original: Callable[..., Any], arguments: dict[str, Any], kind: str) -> bool:
        """Whether the case fails when the operator is wrong; values that later operations can't take count as well."""
        with faulty(kind):
            try:
                outputs = self._execute(arguments)
            except PackageError:
                return True
        return self._refuses(original, outputs, arguments)


def _one_line(error: pytest.ExceptionInfo[BaseException]) -> str:
    """The error's type and message without the folder in which the package was."""
    message = " ".join(str(error.value).split())
    return f"{error.typename}: {message.rpartition('.mlpackage: ')[2]}"[:400]


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


def _install(judge: Judge) -> None:
    """Puts the judge where coremltools' tests look for Core ML."""
    import coremltools as ct
    from coremltools.converters import _converters_entry
    from coremltools.converters.mil import mil, testing_utils
    from coremltools.converters.mil.mil.ops.tests import testing_utils as builder_utils

    compare, convert = testing_utils.compare_backend, builder_utils.ct_convert
    # ct.convert collects all garbage each time and validates the program after each of its passes, which takes longer
    # than the rest of most conversions. Python collects in its time, and what a wrong pass would spoil differs from
    # Apple's values.
    _converters_entry.gc = types.SimpleNamespace(collect=lambda: 0)
    mil.Program.validate = lambda *_, **__: None
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
    parser.addoption("--judge-share", default="0/1", help="2/8 runs every eighth case, from the third on")
    parser.addoption("--judge-fault", help="an operator that is made wrong, to see what notices it")


def pytest_configure(config: pytest.Config) -> None:
    """Installs the judge before coremltools' tests are imported."""
    load_proto()
    if find_spec("scipy") is None:
        # The tests import it at their top; those that use it fail by what is missing.
        sys.modules["scipy"] = types.ModuleType("scipy")
    first, step = config.getoption("judge_share").split("/")
    opsets = set(config.getoption("judge_opsets").split(","))
    selection = Selection(opsets, config.getoption("judge_per_group"), (int(first), int(step)))
    judge = Judge(selection, config.getoption("judge_record"), _ask_core_ml)
    if kind := config.getoption("judge_fault"):
        fault = ExitStack()
        fault.enter_context(faulty(kind))
        config.add_cleanup(fault.close)
    _install(judge)
    config.pluginmanager.register(judge, "judge")

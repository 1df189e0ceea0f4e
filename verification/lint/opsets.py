"""What coremltools knows of each opset: its operators, their parameters, the element types they take."""

from functools import cache
from typing import Any

from verification.executor.proto import load_proto

FIRST_ML_PROGRAM = 6
"""The specification version (iOS 15) that brought ML Programs."""

_OPSETS = {f"CoreML{version - 1}": version for version in range(4, 11)}
# read_state's counterpart is written by coremltools' backend (backend/mil/load.py), so it has no builder.
_WITHOUT_BUILDER = {"write_state": (9, frozenset({"input", "data"}))}
_DTYPES = {"fp16": "float16", "fp32": "float32", "fp64": "float64"}


def specification_version(opset: str) -> int | None:
    """The specification version that brought an opset; None for an unknown one.

    Source: _OPSET in coremltools/__init__.py: CoreML3 came with version 4 (iOS 13), CoreML9 with 10 (iOS 26).
    """
    return _OPSETS.get(opset)


def known_versions() -> range:
    """The specification versions of ML Programs."""
    return range(FIRST_ML_PROGRAM, max(_OPSETS.values()) + 1)


@cache
def parameters(kind: str, opset: str) -> dict[str, bool] | None:
    """The parameters of an operator, and whether each is required; None if the opset has no such operator."""
    version = specification_version(opset)
    first, names = _WITHOUT_BUILDER.get(kind, (0, frozenset()))
    if names:
        return dict.fromkeys(sorted(names), True) if version is not None and version >= first else None
    operator = _operator(kind, opset)
    if operator is None:
        return None
    inputs = operator.input_spec.input_types
    return {name: not inputs[name].optional for name in inputs if not name.startswith("_")}


@cache
def first_opset(kind: str) -> str | None:
    """The oldest opset of an ML Program with this operator; None if there is none."""
    names = [name for name, version in _OPSETS.items() if version >= FIRST_ML_PROGRAM]
    return next((name for name in names if parameters(kind, name) is not None), None)


@cache
def element_types(opset: str) -> frozenset[str]:
    """The element types that some operator of the opset takes, by MIL's names in lower case."""
    core = _registry().core_ops
    operators = [found for kind in list(core) if (found := _operator(kind, opset)) is not None]
    return frozenset(name for operator in operators for name in _domain(operator))


def dtype_name(builtin: Any) -> str:
    """MIL's name in lower case of a type of coremltools' program (types.fp16 becomes "float16")."""
    from coremltools.converters.mil.mil import types

    name = str(types.builtin_to_string(builtin))
    return _DTYPES.get(name, name)


def _operator(kind: str, opset: str) -> Any:
    """The class of an operator in an opset, as coremltools itself picks it (ops/helper.py)."""
    from coremltools.converters.mil.mil.ops.helper import _get_version_of_op

    target = _target(opset)
    variants = _registry().core_ops.get(kind)
    if target is None or not variants or kind.startswith("_"):
        return None
    try:
        return _get_version_of_op(variants, target)
    except ValueError:
        return None


def _domain(operator: Any) -> set[str]:
    inputs = operator.input_spec.input_types.values()
    tensors = [item for item in inputs if hasattr(item, "type_domain")]
    domains = [item.type_domain or operator.type_domains.get(item.type_domain_id, ()) for item in tensors]
    return {dtype_name(builtin) for domain in domains for builtin in domain}


def _target(opset: str) -> Any:
    load_proto()
    from coremltools.converters.mil._deployment_compatibility import AvailableTarget

    version = specification_version(opset)
    return None if version is None else AvailableTarget(version)


def _registry() -> Any:
    load_proto()
    from coremltools.converters.mil.mil.ops.registry import SSAOpRegistry

    return SSAOpRegistry

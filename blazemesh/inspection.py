"""`blazemesh inspect`: what is in a `.tflite` or an `.mlpackage`."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blazemesh.errors import InputError

if TYPE_CHECKING:
    from converters.graph import Graph

Report = dict[str, Any]


def inspect(path: str | Path) -> Report:
    """Inputs, outputs, operators, constants, size and metadata; InputError where the file is neither kind."""
    path = Path(path)
    if not os.path.lexists(path):
        raise InputError(f"{str(path)!r} does not exist; expected a .tflite file or an .mlpackage folder")
    return _package(path) if path.is_dir() else _source(path)


def _source(path: Path) -> Report:
    from blazemesh.packages import read_model

    data, graph = read_model(path)
    constants = [t.value for t in graph.tensors if t.value is not None]
    return {
        "file": path.name,
        "kind": "tflite",
        "bytes": len(data),
        "sha256": graph.sha256,
        "inputs": [_tensor(graph, index) for index in graph.inputs],
        "outputs": [_tensor(graph, index) for index in graph.outputs],
        "operators": dict(Counter(operator.kind for operator in graph.operators).most_common()),
        "constants": {"count": len(constants), "bytes": sum(value.nbytes for value in constants)},
        "metadata": {},
    }


def _tensor(graph: "Graph", index: int) -> Report:
    tensor = graph.tensors[index]
    return {"name": tensor.name, "shape": list(tensor.shape), "dtype": tensor.dtype}


def _package(path: Path) -> Report:
    from blazemesh.manifest import package_digest
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from verification.executor.package import load_program

    program = load_program(path)
    digest, size = package_digest(path)
    weights = program.weights()
    about = program.metadata
    return {
        "file": path.name,
        "kind": "mlpackage",
        "bytes": size,
        "sha256": digest,
        "specification": program.specification_version,
        "opset": program.opset,
        "inputs": [_feature(feature) for feature in program.inputs],
        "outputs": [_feature(feature) for feature in program.outputs],
        "operators": program.histogram(),
        "constants": {"count": len(weights), "bytes": sum(weight.stored_bytes() for weight in weights)},
        "metadata": {
            "description": about.description,
            "author": about.author,
            "license": about.license,
            "version": about.version,
            "userDefined": {key: _decoded(text) for key, text in about.user_defined.items()},
        },
    }


def _decoded(text: str) -> Report | str:
    """A JSON object as what it says, any other text as it is."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return record if isinstance(record, dict) else text


def _feature(feature: Any) -> Report:
    """As the manifest has it: a picture's elements are bytes, an optional number is a scalar with its default."""
    color = {"color": feature.color} if feature.color else {}
    optional = {"optional": True, "default": feature.default} if feature.optional else {}
    return {
        "name": feature.name,
        "kind": "scalar" if feature.optional and feature.kind == "tensor" else feature.kind,
        "shape": list(feature.shape),
        "dtype": "uint8" if feature.kind == "image" else feature.dtype,
        **color,
        **optional,
        "meaning": feature.description,
    }


def _type(feature: Report) -> str:
    choice = f", optional, default {feature['default']:g}" if feature.get("default") is not None else ""
    return f"{feature.get('color') or feature['dtype']} {feature['shape']}{choice}"


def describe_report(report: Report) -> str:
    """The report for people."""
    from blazemesh.text_table import text_table

    lines = [f"{report['file']}: {report['kind']}, {report['bytes']:,} bytes, SHA-256 {report['sha256']}"]
    if "opset" in report:
        lines.append(f"specification {report['specification']}, operators of {report['opset']}")
    for role in ("inputs", "outputs"):
        rows = [(f["name"], _type(f), f.get("meaning", "")) for f in report[role]]
        lines += ["", text_table((role, "type", "meaning"), rows)]
    operators = [(kind, str(count)) for kind, count in report["operators"].items()]
    lines += ["", text_table(("operator", "count"), operators)]
    lines += ["", f"constants: {report['constants']['count']}, {report['constants']['bytes']:,} bytes"]
    about = [(key, value) for key, value in report["metadata"].items() if key != "userDefined"]
    for key, value in (*about, *report["metadata"].get("userDefined", {}).items()):
        lines += _lines(key, value)
    return "\n".join(lines)


def _lines(key: str, value: Any) -> list[str]:
    """A line, or for an object its fields in a line each."""
    if not isinstance(value, dict):
        return [f"{key}: {value}"]
    fields = [f"  {name}: {_plain(item)}" for name, item in value.items()]
    return [f"{key}:", *fields]


def _plain(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)

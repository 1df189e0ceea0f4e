"""An .mlpackage read from its bytes: Core ML's messages (Model.proto, MIL.proto) become the values of `program`."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from verification.executor.blob import WeightFile
from verification.executor.bundle import LARGEST_SPECIFICATION, Bundle, bounded, open_bundle
from verification.executor.constants import BlobSource, Constant
from verification.executor.dtypes import FLEXIBLE, ValueType
from verification.executor.errors import PackageError, naming
from verification.executor.features import parse_features
from verification.executor.pipeline import parse_suppression, pipeline_features
from verification.executor.program import Binding, Metadata, Operation, Output, Program, Stages
from verification.executor.proto import load_proto

_FUNCTION = "main"


def load_program(path: Path) -> Program:
    """Reads the .mlpackage at `path`. PackageError if it isn't one, is damaged, or holds neither an ML Program nor a
    pipeline of one and a NonMaximumSuppression model.
    """
    with naming(path):
        bundle = open_bundle(path)
        specification = _read_specification(bundle)
    kind = specification.WhichOneof("Type")
    with naming(path):
        if kind == "pipeline":
            return _parse_pipeline(bundle, specification)
        if kind != "mlProgram":
            raise PackageError(f"found a model of type {kind}, expected an ML Program (mlProgram) or a pipeline")
        return _parse_program(bundle, specification)


def _read_specification(bundle: Bundle) -> Any:
    proto = load_proto()
    specification = proto.model.Model()
    try:
        specification.ParseFromString(bounded(bundle.model, LARGEST_SPECIFICATION).read_bytes())
    except proto.decode_error:
        raise PackageError(f"{bundle.path}: {bundle.model.name} is no Core ML specification") from None
    except OSError as error:
        raise PackageError(f"{bundle.path}: {bundle.model.name} can't be read: {error.strerror}") from None
    return specification


def _parse_pipeline(bundle: Bundle, specification: Any) -> Program:
    models = specification.pipeline.models
    kinds = [str(model.WhichOneof("Type")) for model in models]
    if kinds != ["mlProgram", "nonMaximumSuppression"]:
        raise PackageError(
            f"found a pipeline of {', '.join(kinds) or 'nothing'}, expected mlProgram, nonMaximumSuppression"
        )
    program = _parse_program(bundle, models[0])
    suppression = parse_suppression(models[1], program)
    inputs, outputs = pipeline_features(specification.description, program, suppression)
    return replace(
        program,
        specification_version=specification.specificationVersion,
        inputs=inputs,
        outputs=outputs,
        metadata=_metadata(specification.description.metadata),
        stages=Stages(program, suppression),
    )


def _parse_program(bundle: Bundle, specification: Any) -> Program:
    parser = _Parser(bundle)
    function = parser.main(specification.mlProgram)
    block = parser.block(function)
    operations = tuple(parser.operation(message) for message in block.operations)
    arguments = {argument.name: parser.value_type(argument.type) for argument in function.inputs}
    results = _result_types(arguments, operations, block.outputs)
    description = specification.description
    return Program(
        bundle=bundle,
        specification_version=specification.specificationVersion,
        opset=function.opset,
        inputs=parse_features("input", description.input, arguments),
        outputs=parse_features("output", description.output, results),
        operations=operations,
        metadata=_metadata(description.metadata),
    )


def _metadata(message: Any) -> Metadata:
    return Metadata(
        description=message.shortDescription,
        author=message.author,
        license=message.license,
        version=message.versionString,
        user_defined=dict(sorted(message.userDefined.items())),
    )


def _result_types(
    arguments: dict[str, ValueType], operations: tuple[Operation, ...], names: Iterable[str]
) -> dict[str, ValueType]:
    """The types of the values that a block returns."""
    types = arguments | {output.name: output.type for operation in operations for output in operation.outputs}
    unknown = [name for name in names if name not in types]
    if unknown:
        raise PackageError(f"the program returns {unknown[0]!r}, which no operation computes")
    return {name: types[name] for name in names}


class _Parser:
    """Reads messages of MIL.proto; constants in weights files share one open file a name."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._type_names = load_proto().mil.DataType
        self._weight_files: dict[str, WeightFile] = {}

    def main(self, program: Any) -> Any:
        if _FUNCTION not in program.functions:
            found = ", ".join(sorted(program.functions)) or "none"
            raise PackageError(f"found the functions {found}, expected one named {_FUNCTION}")
        return program.functions[_FUNCTION]

    def block(self, function: Any) -> Any:
        if function.opset not in function.block_specializations:
            raise PackageError(f"the program has no operations for its opset {function.opset!r}")
        return function.block_specializations[function.opset]

    def operation(self, message: Any) -> Operation:
        attributes = {key: self.constant(value) for key, value in message.attributes.items()}
        outputs = tuple(Output(output.name, self.value_type(output.type)) for output in message.outputs)
        return Operation(
            kind=message.type,
            name=self._name(attributes, outputs),
            inputs={key: self._bindings(argument) for key, argument in message.inputs.items()},
            attributes=attributes,
            outputs=outputs,
        )

    def _name(self, attributes: dict[str, Constant], outputs: tuple[Output, ...]) -> str:
        if "name" in attributes:
            return str(attributes["name"].array().item())
        return outputs[0].name if outputs else ""

    def _bindings(self, argument: Any) -> tuple[Binding, ...]:
        return tuple(
            binding.name if binding.WhichOneof("binding") == "name" else self.constant(binding.value)
            for binding in argument.arguments
        )

    def constant(self, value: Any) -> Constant:
        value_type = self.value_type(value.type)
        if value.WhichOneof("value") == "blobFileValue":
            blob = value.blobFileValue
            return Constant(value_type, BlobSource(self._weights(blob.fileName), blob.offset))
        immediate = value.immediateValue
        return Constant(value_type, immediate.tensor if immediate.WhichOneof("value") == "tensor" else None)

    def value_type(self, message: Any) -> ValueType:
        kind = message.WhichOneof("type")
        if kind != "tensorType":
            return ValueType(str(kind).removesuffix("Type"), ())
        tensor = message.tensorType
        try:
            dtype = self._type_names.Name(tensor.dataType).lower()
        except ValueError:
            raise PackageError(f"found the unknown element type {tensor.dataType}") from None
        shape = (
            size.constant.size if size.WhichOneof("dimension") == "constant" else FLEXIBLE for size in tensor.dimensions
        )
        return ValueType(dtype, tuple(shape))

    def _weights(self, name: str) -> WeightFile:
        if name not in self._weight_files:
            self._weight_files[name] = WeightFile(self._bundle.weights(name))
        return self._weight_files[name]

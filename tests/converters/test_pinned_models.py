"""What the packages of the pinned models are made of; whether they are right is what verification says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

import pytest

from blazemesh.options import Request
from blazemesh.packages import write_converted
from tests.converters.judging import Source
from verification.executor.package import load_program
from verification.executor.program import Operation, Program

MODELS = ["BlazeFaceShortRange", "BlazeFaceFullRange", "FaceMesh", "FaceMeshAttention", "IrisLandmarks"]
SPARSE = "constexpr_sparse_to_dense"


@dataclass(frozen=True)
class Shipped:
    """A pinned model and the package that the apps get."""

    source: Source
    program: Program
    makers: Mapping[str, Operation]

    def inputs(self, operation: Operation) -> list[Operation]:
        """The operations whose results it reads."""
        names = [b for bindings in operation.inputs.values() for b in bindings if isinstance(b, str)]
        return [self.makers[name] for name in names if name in self.makers]

    def of_kind(self, kind: str) -> list[Operation]:
        return [operation for operation in self.program.operations if operation.kind == kind]


@pytest.fixture(scope="module", params=MODELS)
def shipped(
    request: pytest.FixtureRequest, source: Callable[[str], Source], tmp_path_factory: pytest.TempPathFactory
) -> Shipped:
    pinned = source(request.param)
    package = tmp_path_factory.mktemp("shipped") / f"{pinned.name}.mlpackage"
    write_converted(pinned.graph, pinned.features, "face", Request(), package)
    program = load_program(package)
    return Shipped(pinned, program, {output.name: o for o in program.operations for output in o.outputs})


def test_nothing_is_transposed_on_the_way_to_a_convolution(shipped: Shipped) -> None:
    convolutions = shipped.of_kind("conv")
    assert len(convolutions) > 30
    seen: set[str] = set()
    waiting = list(convolutions)
    while waiting:
        operation = waiting.pop()
        if operation.name not in seen:
            seen.add(operation.name)
            assert operation.kind != "transpose", operation.name
            waiting += shipped.inputs(operation)


def test_convolutions_pad_by_themselves(shipped: Shipped) -> None:
    """What is left of the source's PAD widens channels: it is added to something, not read by a convolution."""
    paddings = {operation.name for operation in shipped.of_kind("pad")}
    for convolution in shipped.of_kind("conv"):
        assert not paddings & {operation.name for operation in shipped.inputs(convolution)}


def test_each_operator_of_the_source_is_found_again(shipped: Shipped) -> None:
    """Operations are named after the source's tensors, so that both can be laid beside each other."""
    tensors = shipped.source.graph.tensors
    counted = 0
    for operation in shipped.program.operations:
        if match := re.search(r"_t(\d+)(?:_cast_fp16)?$", operation.outputs[0].name):
            tensor = tensors[int(match[1])]
            assert prod(operation.outputs[0].type.shape) == prod(tensor.shape), operation.name
            counted += operation.kind != "const"
    # Missing: PADs that convolutions took over, and RESHAPEs that moved nothing.
    kinds = [operator.kind for operator in shipped.source.graph.operators]
    assert counted >= len(kinds) - kinds.count("PAD") - kinds.count("RESHAPE")


def test_says_what_models_toml_says(shipped: Shipped) -> None:
    features, program = shipped.source.features, shipped.program
    about = (program.metadata.description, program.metadata.author, program.metadata.license, program.metadata.version)
    assert about == (features.description, features.author, features.licence, features.version)
    assert all(about)
    assert [(f.name, f.kind, f.description) for f in program.inputs] == [("image", "image", features.inputs[0].meaning)]
    found = {f.name: (f.shape, f.dtype, f.description) for f in program.outputs}
    assert found == {o.name: (o.shape, "float32", o.meaning) for o in features.outputs}


def test_runs_from_ios_16_on(shipped: Shipped) -> None:
    assert (shipped.program.opset, shipped.program.specification_version) == ("CoreML6", 7)


def test_the_full_range_detectors_weights_stay_sparse(shipped: Shipped) -> None:
    stored_sparse = sum(tensor.stored_sparse for tensor in shipped.source.graph.tensors)
    if shipped.source.name != "BlazeFaceFullRange":
        assert not stored_sparse
        assert not shipped.of_kind(SPARSE)
        return
    sparse = shipped.of_kind(SPARSE)
    assert len(sparse) == 46
    stored = sum(constant.stored_bytes() for operation in sparse for constant in operation.constants())
    dense = sum(2 * operation.outputs[0].type.elements for operation in sparse)
    assert stored < 0.4 * dense
    readers = [o for o in shipped.of_kind("conv") if SPARSE in {maker.kind for maker in shipped.inputs(o)}]
    assert len(readers) == 46

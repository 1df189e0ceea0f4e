import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from verification.executor.dtypes import ValueType
from verification.executor.errors import PackageError
from verification.executor.package import load_program
from verification.executor.proto import load_proto
from verification.executor.reference import ReferenceModel

Edit = Callable[[Callable[[Any], None]], None]

SPECIFICATION = "Data/com.apple.CoreML/model.mlmodel"


def operations(specification: Any) -> Any:
    function = specification.mlProgram.functions["main"]
    return function.block_specializations[function.opset].operations


def operation(specification: Any, kind: str) -> Any:
    """The first operation of a kind."""
    return next(message for message in operations(specification) if message.type == kind)


def constant(specification: Any, name: str) -> Any:
    """The value of the constant of that name."""
    matches = (m for m in operations(specification) if m.type == "const" and m.outputs[0].name == name)
    return next(matches).attributes["val"]


def refusal(package: Path) -> str:
    """What the reference says of a package that it must refuse: one line that begins with the package's path."""
    with pytest.raises(PackageError) as caught:
        ReferenceModel(package)
    message = str(caught.value)
    assert message.startswith(str(package))
    assert "\n" not in message
    return message


def is_executed_or_refused(package: Path) -> bool:
    """Whether the package can be executed or is refused with one line; any other exception gets out."""
    try:
        model = ReferenceModel(package)
        picture = Image.new("RGB", (8, 6))
        return set(model.predict({model.program.inputs[0].name: picture})) == {model.program.outputs[0].name}
    except PackageError as error:
        return str(error).startswith(str(package)) and "\n" not in str(error)


def test_reads_what_the_package_says(pristine: Path) -> None:
    program = load_program(pristine)
    (image,) = program.inputs
    assert (image.name, image.kind, image.color, image.optional) == ("image", "image", "RGB", False)
    assert (image.shape, image.dtype, image.description) == ((1, 3, 6, 8), "float32", "A face")
    (landmarks,) = program.outputs
    assert (landmarks.name, landmarks.kind, landmarks.color) == ("landmarks", "tensor", None)
    assert landmarks.type == ValueType("float32", (48, 8))
    assert (program.specification_version, program.opset) == (7, "CoreML6")
    about = program.metadata
    assert (about.description, about.author, about.license, about.version) == ("A test", "An author", "Apache-2.0", "3")
    assert about.user_defined["source"] == "nowhere"


def test_counts_operators_and_weights(pristine: Path) -> None:
    program = load_program(pristine)
    assert program.histogram() == {
        "cast": 2,
        "conv": 2,
        "constexpr_sparse_to_dense": 1,
        "relu": 1,
        "reshape": 1,
        "transpose": 1,
        "upsample_bilinear": 1,
    }
    # coremltools puts tensors of ten elements and more into the weights file.
    weights = [ValueType("float32", (4, 3, 3, 3)), ValueType("float16", (16,))]
    assert [weight.type for weight in program.weights()] == weights
    assert [weight.stored_bytes() for weight in program.weights()] == [4 * 108, 2 * 16]
    assert program.weights()[0].array().shape == (4, 3, 3, 3)
    strides = [c for c in program.constants() if c.type == ValueType("int32", (2,)) and c.array().tolist() == [2, 2]]
    assert [stride.stored_bytes() for stride in strides] == [8]
    assert program.bundle.size() == sum(file.stat().st_size for file in pristine.rglob("*") if file.is_file())


def test_executes(pristine: Path) -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8))
    assert ReferenceModel(pristine).predict({"image": picture})["landmarks"].shape == (48, 8)


def test_other_models_are_refused(package: Path, edit: Edit) -> None:
    edit(lambda specification: specification.neuralNetwork.SetInParent())
    assert "found a model of type neuralNetwork, expected an ML Program (mlProgram) or a pipeline" in refusal(package)


def test_damaged_specifications(package: Path) -> None:
    file = package / SPECIFICATION
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    assert refusal(package).endswith("model.mlmodel is no Core ML specification")
    file.write_bytes(b"not a specification")
    assert refusal(package).endswith("model.mlmodel is no Core ML specification")
    file.write_bytes(b"")
    assert "found a model of type None" in refusal(package)


def test_no_main_function(package: Path, edit: Edit) -> None:
    edit(lambda specification: specification.mlProgram.functions.pop("main"))
    assert "found the functions none, expected one named main" in refusal(package)


def test_no_operations_for_the_opset(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        specification.mlProgram.functions["main"].opset = "CoreML99"

    edit(change)
    assert "no operations for its opset 'CoreML99'" in refusal(package)


def test_an_output_that_nothing_computes(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        function = specification.mlProgram.functions["main"]
        function.block_specializations[function.opset].outputs[0] = "nothing"

    edit(change)
    assert "the program returns 'nothing', which no operation computes" in refusal(package)


def test_descriptions_and_program_disagree(package: Path, edit: Edit) -> None:
    def rename(specification: Any) -> None:
        specification.description.output[0].name = "other"

    def reshape(specification: Any) -> None:
        specification.description.output[0].name = "landmarks"
        specification.description.output[0].type.multiArrayType.shape[0] = 47

    edit(rename)
    assert "describes the outputs ['other'], its program has ['landmarks']" in refusal(package)
    edit(reshape)
    assert "output 'landmarks': the program has float32 [48, 8]" in refusal(package)


def test_an_image_of_another_size_than_the_program_takes(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        specification.description.input[0].type.imageType.width = 9

    edit(change)
    assert "input 'image': the program has float32 [1, 3, 6, 8]" in refusal(package)


def test_image_outputs_are_refused(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        image = specification.description.input[0]
        specification.description.output[0].CopyFrom(image)
        function = specification.mlProgram.functions["main"]
        function.block_specializations[function.opset].outputs[0] = "image"

    edit(change)
    assert "output 'image' is an image, which is not supported" in refusal(package)


def test_flexible_shapes_are_refused(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        dimension = operation(specification, "relu").outputs[0].type.tensorType.dimensions[2]
        dimension.unknown.variadic = False

    edit(change)
    assert "operation 'relu_0' (relu): found a value of type float32 [1, 8, ?, 4]: flexible" in refusal(package)


def test_an_unknown_name(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        operation(specification, "relu").inputs["x"].arguments[0].name = "nobody"

    edit(change)
    assert "operation 'relu_0' (relu): found the name 'nobody', which nothing before it defines" in refusal(package)


def test_a_name_defined_twice(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        operation(specification, "relu").outputs[0].name = "features"

    edit(change)
    assert "operation 'relu_0' (relu): the name 'features' is defined twice" in refusal(package)


def test_parameters_that_an_operator_does_not_have_or_needs(package: Path, edit: Edit) -> None:
    def add(specification: Any) -> None:
        relu = operation(specification, "relu")
        relu.inputs["threshold"].CopyFrom(relu.inputs["x"])

    def remove(specification: Any) -> None:
        relu = operation(specification, "relu")
        del relu.inputs["threshold"], relu.inputs["x"]

    edit(add)
    assert "(relu): its parameter 'threshold' is not supported; known are ['x']" in refusal(package)
    edit(remove)
    assert "(relu): its parameter 'x' is missing" in refusal(package)


def test_parameters_of_the_wrong_form(package: Path, edit: Edit) -> None:
    def compute(specification: Any) -> None:
        operation(specification, "conv").inputs["strides"].arguments[0].name = "image"

    def several(specification: Any) -> None:
        argument = operation(specification, "conv").inputs["strides"]
        argument.arguments.add().CopyFrom(argument.arguments[0])

    def text(specification: Any) -> None:
        conv = operation(specification, "conv")
        del conv.inputs["strides"].arguments[1:]
        conv.inputs["strides"].arguments[0].name = conv.inputs["pad_type"].arguments[0].name

    edit(compute)
    assert "parameter 'strides': found a value that is computed, expected a constant" in refusal(package)
    edit(several)
    assert "parameter 'strides': found 2 values, expected one" in refusal(package)
    edit(text)
    assert "parameter 'strides': found object [], expected a vector of int" in refusal(package)


def test_another_shape_than_the_operation_gives(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        dimensions = operation(specification, "relu").outputs[0].type.tensorType.dimensions
        dimensions[2].constant.size, dimensions[3].constant.size = 4, 3

    edit(change)
    found = "its operation gives float32 [1, 8, 3, 4], the package declares float32 [1, 8, 4, 3]"
    assert found in refusal(package)


def test_another_type_than_the_operation_gives(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        operation(specification, "relu").outputs[0].type.tensorType.dataType = load_proto().mil.INT32

    edit(change)
    assert "operation gives float32" in refusal(package)


def test_constants_that_do_not_fit_their_type(package: Path, edit: Edit) -> None:
    def longer(specification: Any) -> None:
        constant(specification, "features_strides_0").immediateValue.tensor.ints.values.append(2)

    def text(specification: Any) -> None:
        constant(specification, "features_strides_0").immediateValue.tensor.strings.values.append("2")

    def unreadable(specification: Any) -> None:
        constant(specification, "features_strides_0").immediateValue.tensor.bytes.values = b"12345"

    def huge(specification: Any) -> None:
        dimensions = constant(specification, "features_strides_0").type.tensorType.dimensions
        dimensions[0].constant.size = 2**40

    edit(longer)
    assert "found a constant of 3 elements, expected int32 [2]" in refusal(package)
    edit(text)
    assert "found a constant in strings, expected int32 [2]" in refusal(package)
    edit(unreadable)
    assert "found a constant that is no int32 [2]" in refusal(package)
    edit(huge)
    assert "expected at most 268435456 elements" in refusal(package)


def test_a_huge_declared_value(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        operation(specification, "relu").outputs[0].type.tensorType.dimensions[0].constant.size = 2**50

    edit(change)
    assert "elements, expected at most 268435456 in all" in refusal(package)


def test_values_that_are_too_large_together(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        for kind in ("relu", "conv"):
            operation(specification, kind).outputs[0].type.tensorType.dimensions[0].constant.size = 2**23

    edit(change)
    assert "elements, expected at most 268435456 in all" in refusal(package)


@pytest.mark.parametrize(
    ("name", "largest"),
    [
        ("Manifest.json", 2**20),
        ("Data/com.apple.CoreML/model.mlmodel", 2**26),
        ("Data/com.apple.CoreML/weights/weight.bin", 2**30),
    ],
)
def test_a_file_larger_than_memory_is_not_read(package: Path, name: str, largest: int) -> None:
    os.truncate(package / name, 2**34)
    said = f"found {2**34} bytes in {Path(name).name}, expected at most the {largest} that are read"
    assert said in refusal(package)


def test_a_sparse_mask_that_does_not_fit_its_data(package: Path, edit: Edit) -> None:
    def change(specification: Any) -> None:
        mask = operation(specification, "constexpr_sparse_to_dense").attributes["mask"].immediateValue.tensor.bytes
        mask.values = b"\xaa\xaa\xaa\xab"

    edit(change)
    assert "(constexpr_sparse_to_dense): its mask has 17 bits set, its data the shape [16]" in refusal(package)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("@model_path/../../../../etc/passwd", "expected one that stays inside the package"),
        ("/etc/passwd", "expected a name like @model_path/"),
        ("@model_path/weights/other.bin", "the file 'weights/other.bin' is missing"),
        ("@model_path/weights", "'weights' is not a file"),
    ],
)
def test_weights_files_must_be_in_the_package(package: Path, edit: Edit, name: str, message: str) -> None:
    def change(specification: Any) -> None:
        for message in operations(specification):
            for attribute in message.attributes.values():
                if attribute.WhichOneof("value") == "blobFileValue":
                    attribute.blobFileValue.fileName = name

    edit(change)
    assert message in refusal(package)


def _mutated(specification: Any, generator: random.Random) -> None:
    """Changes one number or name somewhere in the program."""
    message = generator.choice(operations(specification))
    kind = generator.randrange(4)
    if kind == 0 and message.outputs[0].type.tensorType.dimensions:
        size = generator.choice(message.outputs[0].type.tensorType.dimensions)
        size.constant.size = generator.choice([0, 1, 7, 2**31, 2**63])
    elif kind == 1 and message.inputs:
        argument = message.inputs[generator.choice(sorted(message.inputs))].arguments[0]
        argument.name = generator.choice(operations(specification)).outputs[0].name
    elif kind == 2 and message.type == "const":
        tensor = message.attributes["val"].immediateValue.tensor
        if tensor.ints.values:
            tensor.ints.values[0] = generator.choice([-(2**31), -7, -1, 0, 1, 3, 1000, 2**31 - 1])
    else:
        message.type = generator.choice(operations(specification)).type


@pytest.mark.parametrize("seed", range(60))
def test_a_changed_program_is_executed_or_refused(package: Path, edit: Edit, seed: int) -> None:
    """Whatever is changed in a program, nothing but a PackageError comes out."""
    edit(lambda specification: _mutated(specification, random.Random(seed)))
    assert is_executed_or_refused(package)


@pytest.mark.parametrize("seed", range(40))
def test_changed_bytes_are_read_or_refused(package: Path, seed: int) -> None:
    generator = random.Random(seed)
    file = package / SPECIFICATION
    content = bytearray(file.read_bytes())
    for _ in range(generator.choice([1, 3, 10])):
        content[generator.randrange(len(content))] = generator.randrange(256)
    file.write_bytes(content)
    assert is_executed_or_refused(package)

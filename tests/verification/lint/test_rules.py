"""For each rule packages that break it, and near ones that don't; all but those are a sound package's edits."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from verification.lint.linter import list_rules

Break = Callable[[Any], object]

FLOAT16, FLOAT32, DOUBLE = 65552, 65568, 65600
CASES: list[tuple[str, str, bool, Break]] = []
PIPELINES: list[tuple[str, str, bool, Break]] = []
"""Edits of a sound pipeline: a detector and a NonMaximumSuppression model."""


def breaks(rule: str, breaking: bool = True) -> Callable[[Break], Break]:
    """Registers a function that makes of a sound package one that the rule refuses or, not `breaking`, one near it."""

    def register(change: Break) -> Break:
        CASES.append((rule, change.__name__, breaking, change))
        return change

    return register


def keeps(rule: str) -> Callable[[Break], Break]:
    return breaks(rule, breaking=False)


# ── the folder ──


@breaks("readable")
def specification_is_text(lab: Any) -> None:
    (lab.path / "Data/com.apple.CoreML/model.mlmodel").write_text("not a protobuf")


@breaks("readable")
def weights_are_missing(lab: Any) -> None:
    (lab.path / "Data/com.apple.CoreML/weights/weight.bin").unlink()


@breaks("manifest-version")
def newer_format(lab: Any) -> None:
    lab.manifest(lambda manifest: manifest.update(fileFormatVersion="1.0.1"))


@breaks("manifest-version")
def format_is_a_number(lab: Any) -> None:
    lab.manifest(lambda manifest: manifest.update(fileFormatVersion=1))


@keeps("manifest-version")
def older_format(lab: Any) -> None:
    lab.manifest(lambda manifest: manifest.update(fileFormatVersion="0.9.9"))


@breaks("manifest-items")
def item_without_author(lab: Any) -> None:
    lab.manifest(lambda manifest: [entry.pop("author") for entry in manifest["itemInfoEntries"].values()])


@breaks("manifest-items")
def item_that_is_not_there(lab: Any) -> None:
    entry = {"path": "nowhere", "name": "n", "author": "a", "description": "d"}
    lab.manifest(lambda manifest: manifest["itemInfoEntries"].update(another=entry))


@breaks("manifest-items")
def item_outside(lab: Any) -> None:
    entry = {"path": "../../Face.mlpackage/Manifest.json", "name": "n", "author": "a", "description": "d"}
    lab.manifest(lambda manifest: manifest["itemInfoEntries"].update(another=entry))


@breaks("manifest-root")
def root_is_no_item(lab: Any) -> None:
    lab.manifest(lambda manifest: manifest.update(rootModelIdentifier="0"))


@breaks("package-files")
def stray_file(lab: Any) -> None:
    (lab.path / "Data/notes.txt").write_text("stray")


@breaks("package-files")
def link(lab: Any) -> None:
    (lab.path / "Data/com.apple.CoreML/weights/link").symlink_to("weight.bin")


@breaks("package-name")
def name_with_hyphen(lab: Any) -> None:
    lab.path = lab.path.rename(lab.path.with_name("face-mesh.mlpackage"))


@breaks("package-name")
def other_extension(lab: Any) -> None:
    lab.path = lab.path.rename(lab.path.with_name("Face.mlmodel"))


@breaks("package-size")
def too_large_for_mobile_data(lab: Any) -> None:
    with (lab.path / "Data/com.apple.CoreML/weights/more.bin").open("wb") as file:
        file.truncate(200_000_001)


# ── the specification ──


@breaks("specification-version")
def version_below_the_opset(lab: Any) -> None:
    lab.specification(lambda model: setattr(model, "specificationVersion", 6))


@breaks("specification-version")
def version_from_the_future(lab: Any) -> None:
    lab.specification(lambda model: setattr(model, "specificationVersion", 99))


@breaks("opset-behind")
def version_above_the_opset(lab: Any) -> None:
    lab.specification(lambda model: setattr(model, "specificationVersion", 9))


@breaks("entry-point")
def no_main(lab: Any) -> None:
    def change(model: Any) -> None:
        functions = model.mlProgram.functions
        functions["predict"].CopyFrom(functions["main"])
        del functions["main"]

    lab.specification(change)


@breaks("entry-point")
def no_block_for_the_opset(lab: Any) -> None:
    lab.specification(lambda model: setattr(model.mlProgram.functions["main"], "opset", "CoreML7"))


@breaks("entry-point")
def program_of_another_version(lab: Any) -> None:
    lab.specification(lambda model: setattr(model.mlProgram, "version", 2))


@breaks("coverage")
def second_function(lab: Any) -> None:
    def change(model: Any) -> None:
        functions = model.mlProgram.functions
        functions["again"].CopyFrom(functions["main"])

    lab.specification(change)


@breaks("coverage")
def conditional(lab: Any) -> None:
    mb = _builder()
    lab.build(
        lambda x: mb.cond(
            pred=mb.greater(x=mb.reduce_sum(x=x, axes=[0]), y=0.0),
            _true_fn=lambda: mb.relu(x=x),
            _false_fn=lambda: mb.square(x=x),
        ),
        (2,),
    )


# ── inputs and outputs ──


def _input(model: Any, index: int) -> Any:
    return model.description.input[index].type


def _output(model: Any) -> Any:
    return model.description.output[0].type


@breaks("feature-types")
def double_output(lab: Any) -> None:
    lab.specification(lambda model: setattr(_output(model).multiArrayType, "dataType", DOUBLE))


@breaks("feature-types")
def float16_before_ios16(lab: Any) -> None:
    def change(model: Any) -> None:
        _output(model).multiArrayType.dataType = FLOAT16
        model.specificationVersion = 6

    lab.specification(change)


@breaks("feature-types")
def dictionary_output(lab: Any) -> None:
    lab.specification(lambda model: _output(model).dictionaryType.stringKeyType.SetInParent())


@breaks("image-layout")
def unknown_colours(lab: Any) -> None:
    lab.specification(lambda model: setattr(_input(model, 0).imageType, "colorSpace", 0))


@breaks("image-layout")
def image_without_width(lab: Any) -> None:
    lab.specification(lambda model: setattr(_input(model, 0).imageType, "width", 0))


@breaks("image-layout")
def float16_image_before_ios16(lab: Any) -> None:
    def change(model: Any) -> None:
        _input(model, 0).imageType.colorSpace = 40
        model.specificationVersion = 6

    lab.specification(change)


@breaks("feature-shapes")
def input_without_shape(lab: Any) -> None:
    lab.specification(lambda model: _input(model, 1).multiArrayType.ClearField("shape"))


@breaks("feature-shapes")
def scalar_input(lab: Any) -> None:
    def change(model: Any) -> None:
        (argument,) = (i for i in model.mlProgram.functions["main"].inputs if i.name == "threshold")
        argument.type.tensorType.rank = 0
        argument.type.tensorType.ClearField("dimensions")

    lab.specification(change)


@breaks("feature-shapes")
def output_of_rank_6(lab: Any) -> None:
    lab.specification(lambda model: _output(model).multiArrayType.shape.extend([1, 1, 1, 1]))


@breaks("feature-shapes")
def output_of_no_size(lab: Any) -> None:
    lab.specification(lambda model: _output(model).multiArrayType.shape.__setitem__(0, 0))


@breaks("feature-match")
def output_renamed_in_the_description(lab: Any) -> None:
    lab.specification(lambda model: setattr(model.description.output[0], "name", "points"))


@breaks("feature-match")
def output_of_another_shape(lab: Any) -> None:
    lab.specification(lambda model: _output(model).multiArrayType.shape.__setitem__(0, 3))


@breaks("feature-match")
def image_of_another_size(lab: Any) -> None:
    lab.specification(lambda model: setattr(_input(model, 0).imageType, "width", 9))


@breaks("feature-match")
def input_described_twice(lab: Any) -> None:
    lab.specification(lambda model: model.description.input.add().CopyFrom(model.description.input[1]))


@keeps("feature-match")
def output_without_described_shape(lab: Any) -> None:
    lab.specification(lambda model: _output(model).multiArrayType.ClearField("shape"))


@breaks("optional-features")
def all_inputs_optional(lab: Any) -> None:
    lab.specification(lambda model: setattr(_input(model, 0), "isOptional", True))


@breaks("optional-features")
def optional_output(lab: Any) -> None:
    lab.specification(lambda model: setattr(_output(model), "isOptional", True))


@breaks("optional-features")
def default_of_another_type(lab: Any) -> None:
    lab.specification(lambda model: setattr(_input(model, 1).multiArrayType, "intDefaultValue", 1))


def _range(model: Any, low: int, high: int) -> None:
    bounds = _input(model, 1).multiArrayType.shapeRange.sizeRanges.add()
    bounds.lowerBound, bounds.upperBound = low, high


@breaks("shape-ranges")
def inverted_range(lab: Any) -> None:
    lab.specification(lambda model: _range(model, 3, 2))


@breaks("shape-ranges")
def unbounded_range(lab: Any) -> None:
    lab.specification(lambda model: _range(model, 1, -1))


@breaks("shape-ranges")
def default_outside_the_range(lab: Any) -> None:
    lab.specification(lambda model: _range(model, 2, 3))


@breaks("shape-ranges")
def no_enumerated_image(lab: Any) -> None:
    lab.specification(lambda model: _input(model, 0).imageType.enumeratedSizes.SetInParent())


@keeps("shape-ranges")
def sound_range(lab: Any) -> None:
    lab.specification(lambda model: _range(model, 1, 3))


@breaks("flexible-shapes")
def range_of_shapes(lab: Any) -> None:
    lab.specification(lambda model: _range(model, 1, 3))


@breaks("float16-features")
def float16_output(lab: Any) -> None:
    lab.specification(lambda model: setattr(_output(model).multiArrayType, "dataType", FLOAT16))


# ── names ──


def _rename(kind: str, name: str) -> Break:
    """Gives the first operation of a kind, its result and what reads it another name."""

    def change(model: Any) -> None:
        function = model.mlProgram.functions["main"]
        operations = function.block_specializations[function.opset].operations
        operation = next(o for o in operations if o.type == kind)
        old = operation.outputs[0].name
        operation.outputs[0].name = name
        operation.attributes["name"].immediateValue.tensor.strings.values[:] = [name]
        for reader in operations:
            for argument in reader.inputs.values():
                for binding in argument.arguments:
                    binding.name = name if binding.name == old else binding.name

    return lambda lab: lab.specification(change)


@breaks("identifiers")
def value_with_a_slash(lab: Any) -> None:
    _rename("conv", "block/conv")(lab)


@keeps("identifiers")
def value_with_an_at_sign(lab: Any) -> None:
    _rename("conv", "_conv@2")(lab)


@breaks("reserved-names")
def value_named_tensor(lab: Any) -> None:
    _rename("conv", "tensor")(lab)


@breaks("unique-names")
def two_values_of_a_name(lab: Any) -> None:
    lab.operation("relu", lambda message: setattr(message.outputs[0], "name", "features"))


@breaks("unique-names")
def operation_with_an_inputs_name(lab: Any) -> None:
    lab.operation("conv", lambda o: o.attributes["name"].immediateValue.tensor.strings.values.__setitem__(0, "image"))


@breaks("swift-names")
def output_named_by_a_keyword(lab: Any) -> None:
    lab.specification(lambda model: setattr(model.description.output[0], "name", "repeat"))


@breaks("swift-names")
def output_named_as_a_member(lab: Any) -> None:
    lab.specification(lambda model: setattr(model.description.output[0], "name", "featureNames"))


@breaks("swift-names")
def output_named_as_an_arrays_property(lab: Any) -> None:
    lab.specification(lambda model: setattr(model.description.output[0], "name", "thresholdShapedArray"))


# ── operations ──


@breaks("operators")
def unknown_operator(lab: Any) -> None:
    lab.operation("relu", lambda message: setattr(message, "type", "rectify"))


@breaks("operators")
def operator_of_a_later_opset(lab: Any) -> None:
    lab.operation("relu", lambda message: setattr(message, "type", "scaled_dot_product_attention"))


@breaks("parameters")
def missing_parameter(lab: Any) -> None:
    lab.operation("conv", lambda message: message.inputs.pop("weight"))


@breaks("parameters")
def parameter_bound_to_nothing(lab: Any) -> None:
    lab.operation("relu", lambda message: message.inputs["x"].ClearField("arguments"))


@breaks("parameters")
def unknown_parameter(lab: Any) -> None:
    lab.operation("relu", lambda message: message.inputs["slope"].CopyFrom(message.inputs["x"]))


@breaks("parameters")
def constant_without_value(lab: Any) -> None:
    lab.operation("constexpr_sparse_to_dense", lambda message: message.attributes.pop("mask"))


@keeps("parameters")
def optional_parameter_left_out(lab: Any) -> None:
    lab.operation("conv", lambda message: message.inputs.pop("dilations"))


@breaks("bindings")
def unknown_value(lab: Any) -> None:
    lab.operation("relu", lambda message: setattr(message.inputs["x"].arguments[0], "name", "nothing"))


@breaks("bindings")
def later_value(lab: Any) -> None:
    lab.operation("conv", lambda message: setattr(message.inputs["x"].arguments[0], "name", "landmarks"))


# ── values ──


def _dimensions(message: Any, *sizes: int) -> None:
    tensor = message.outputs[0].type.tensorType
    tensor.ClearField("dimensions")
    tensor.rank = len(sizes)
    for size in sizes:
        tensor.dimensions.add().constant.size = size


@breaks("value-dtypes")
def value_of_float64(lab: Any) -> None:
    lab.operation("relu", lambda message: setattr(message.outputs[0].type.tensorType, "dataType", 12))


@breaks("value-ranks")
def value_of_rank_6(lab: Any) -> None:
    lab.operation("relu", lambda message: _dimensions(message, 1, 1, 1, 8, 3, 4))


@breaks("empty-values")
def value_without_elements(lab: Any) -> None:
    lab.operation("relu", lambda message: _dimensions(message, 1, 0, 3, 4))


@breaks("value-sizes")
def value_beyond_memory(lab: Any) -> None:
    lab.operation("relu", lambda message: _dimensions(message, 1, 2**20, 2**20))


# ── constants ──


def _immediate(lab: Any, kind: str, parameter: str, change: Callable[[Any], object]) -> None:
    """Changes the TensorValue that a parameter of the first operation of a kind is bound to."""

    def edit(model: Any) -> None:
        function = model.mlProgram.functions["main"]
        operations = function.block_specializations[function.opset].operations
        name = next(o for o in operations if o.type == kind).inputs[parameter].arguments[0].name
        const = next(o for o in operations if o.outputs[0].name == name)
        change(const.attributes["val"].immediateValue.tensor)

    lab.specification(edit)


@breaks("immediates")
def too_few_elements(lab: Any) -> None:
    _immediate(lab, "transpose", "perm", lambda tensor: tensor.ints.values.pop())


@breaks("immediates")
def text_for_numbers(lab: Any) -> None:
    _immediate(lab, "transpose", "perm", lambda tensor: tensor.strings.values.append("0"))


@breaks("inline-weights")
def weights_in_the_program(lab: Any) -> None:
    def change(model: Any) -> None:
        function = model.mlProgram.functions["main"]
        operations = function.block_specializations[function.opset].operations
        message = next(o for o in operations if o.type == "const" and o.attributes["val"].HasField("blobFileValue"))
        value = message.attributes["val"]
        value.ClearField("blobFileValue")
        value.immediateValue.tensor.bytes.values = bytes(2 * 2048)
        for tensor in (value.type.tensorType, message.outputs[0].type.tensorType):
            tensor.ClearField("dimensions")
            tensor.rank = 1
            tensor.dimensions.add().constant.size = 2048

    lab.specification(change)


def _half(lab: Any, value: float) -> None:
    """Makes the first weight in the file another."""
    lab.weights(lambda content: content.__setitem__(slice(128, 130), np.float16(value).tobytes()))


@breaks("finite-constants")
def weight_that_is_nan(lab: Any) -> None:
    _half(lab, float("nan"))


@breaks("finite-constants")
def infinite_float32(lab: Any) -> None:
    lab.build(lambda x: _builder().add(x=x, y=np.float32("inf")), (1,))


@breaks("float16-overflow")
def infinite_float16(lab: Any) -> None:
    _half(lab, float("inf"))


@breaks("float16-overflow")
def cast_beyond_float16(lab: Any) -> None:
    mb = _builder()
    lab.build(lambda x: mb.add(y=mb.cast(x=np.float32(1), dtype="fp16"), x=mb.cast(x=x, dtype="fp16")), (1,))
    _immediate(lab, "cast", "x", lambda tensor: tensor.floats.values.__setitem__(0, 1e5))


@keeps("float16-overflow")
def largest_float16(lab: Any) -> None:
    _half(lab, 65504)


def _mask(lab: Any, change: Callable[[bytearray], object]) -> None:
    def edit(message: Any) -> None:
        value = message.attributes["mask"].immediateValue.tensor.bytes
        content = bytearray(value.values)
        change(content)
        value.values = bytes(content)

    lab.operation("constexpr_sparse_to_dense", edit)


@breaks("sparse-masks")
def mask_with_a_bit_more(lab: Any) -> None:
    _mask(lab, lambda content: content.__setitem__(0, 0b10101011))


@breaks("sparse-masks")
def mask_of_another_size(lab: Any) -> None:
    def change(message: Any) -> None:
        value = message.attributes["mask"]
        value.immediateValue.tensor.bytes.values += b"\0"
        value.type.tensorType.dimensions[0].constant.size += 1

    lab.operation("constexpr_sparse_to_dense", change)


# ── weights ──


def _word(content: bytearray, offset: int, form: str, *values: int) -> None:
    struct.pack_into(form, content, offset, *values)


@breaks("weights-blobs")
def sentinel_overwritten(lab: Any) -> None:
    lab.weights(lambda content: _word(content, 64, "<I", 0))


@breaks("weights-blobs")
def offset_that_is_not_aligned(lab: Any) -> None:
    _offset(lab, 65)


@breaks("weights-blobs")
def offset_beyond_the_file(lab: Any) -> None:
    _offset(lab, 2**40)


@breaks("weights-blobs")
def blob_of_another_type(lab: Any) -> None:
    lab.weights(lambda content: _word(content, 68, "<I", 2))


@breaks("weights-blobs")
def blob_of_another_size(lab: Any) -> None:
    lab.weights(lambda content: _word(content, 72, "<Q", 4))


@breaks("weights-blobs")
def data_beyond_the_file(lab: Any) -> None:
    lab.weights(lambda content: _word(content, 80, "<Q", 2**40))


def _offset(lab: Any, offset: int) -> None:
    def change(model: Any) -> None:
        function = model.mlProgram.functions["main"]
        operations = function.block_specializations[function.opset].operations
        value = next(o.attributes["val"] for o in operations if o.attributes["val"].HasField("blobFileValue"))
        value.blobFileValue.offset = offset

    lab.specification(change)


@breaks("weights-header")
def header_that_counts_one_more(lab: Any) -> None:
    lab.weights(lambda content: _word(content, 0, "<I", struct.unpack_from("<I", content)[0] + 1))


@breaks("weights-overlap")
def data_over_the_next_blob(lab: Any) -> None:
    lab.weights(lambda content: _word(content, 80, "<Q", struct.unpack_from("<Q", content, 80)[0] + 64))


@breaks("weights-unused")
def bytes_after_the_last_blob(lab: Any) -> None:
    lab.weights(lambda content: content.extend(bytes(64)))


@breaks("weights-unused")
def another_weights_file(lab: Any) -> None:
    (lab.path / "Data/com.apple.CoreML/weights/old.bin").write_bytes(b"old")


@keeps("weights-unused")
def padding_after_the_last_blob(lab: Any) -> None:
    lab.weights(lambda content: content.extend(bytes(-len(content) % 64)))


# ── inference ──


@breaks("split-results")
def split_into_more(lab: Any) -> None:
    lab.build(lambda x: _builder().split(x=x, num_splits=2, axis=0), (6,))
    _immediate(lab, "split", "num_splits", lambda tensor: tensor.ints.values.__setitem__(0, 3))


@keeps("split-results")
def split_by_sizes(lab: Any) -> None:
    lab.build(lambda x: _builder().split(x=x, split_sizes=[1, 5], axis=0), (6,))


@breaks("reinference")
def value_of_another_shape(lab: Any) -> None:
    lab.operation("relu", lambda message: _dimensions(message, 1, 8, 3, 5))


@breaks("reinference")
def value_of_another_dtype(lab: Any) -> None:
    lab.operation("relu", lambda message: setattr(message.outputs[0].type.tensorType, "dataType", 11))


@breaks("reinference")
def sparse_constant_of_another_shape(lab: Any) -> None:
    lab.operation("constexpr_sparse_to_dense", lambda message: _dimensions(message, 4, 8, 1, 1))


@breaks("reinference")
def convolution_of_other_channels(lab: Any) -> None:
    lab.operation("conv", lambda message: setattr(message.inputs["x"].arguments[0], "name", "image"))


@keeps("reinference")
def sum_of_constants(lab: Any) -> None:
    # coremltools' own computation of it fails on a program that was loaded: numpy takes no numpy.bool as a flag.
    mb = _builder()
    lab.build(lambda x: mb.add(x=x, y=mb.reduce_sum(x=mb.fill(shape=[2], value=1.0), axes=[0])), (1,))


# ── what Apple's tests mark as failing ──


def _builder() -> Any:
    from coremltools.converters.mil import Builder

    return Builder


def _prelu(lab: Any, dtype: str) -> None:
    mb, slopes = _builder(), np.array([0.1, 0.2], np.float16 if dtype == "fp16" else np.float32)
    lab.build(lambda x: mb.cast(x=mb.prelu(x=mb.cast(x=x, dtype=dtype), alpha=slopes), dtype="fp32"), (1, 2, 3, 3))


@breaks("prelu-float16")
def half_prelu(lab: Any) -> None:
    _prelu(lab, "fp16")


@keeps("prelu-float16")
def single_prelu(lab: Any) -> None:
    _prelu(lab, "fp32")


def _nms(lab: Any, dtype: str, threshold: float) -> None:
    mb, number = _builder(), np.float16 if dtype == "fp16" else np.float32

    def network(boxes: Any, scores: Any) -> Any:
        return mb.non_maximum_suppression(
            boxes=mb.cast(x=boxes, dtype=dtype),
            scores=mb.cast(x=scores, dtype=dtype),
            iou_threshold=number(threshold),
            score_threshold=number(0.5),
            max_boxes=2,
            per_class_suppression=False,
        )[2]

    lab.build(network, (1, 3, 4), (1, 3, 1))


@breaks("nms-float16")
def half_suppression(lab: Any) -> None:
    _nms(lab, "fp16", 0.5)


@keeps("nms-float16")
def single_suppression(lab: Any) -> None:
    _nms(lab, "fp32", 0.5)


@breaks("nms-threshold")
def suppression_of_all_that_touch(lab: Any) -> None:
    _nms(lab, "fp32", 0.0)


@keeps("nms-threshold")
def suppression_of_halves(lab: Any) -> None:
    _nms(lab, "fp32", 0.5)


def _resize(lab: Any, mode: str) -> None:
    mb = _builder()
    lab.build(
        lambda x: mb.resize_bilinear(x=x, target_size_height=4, target_size_width=4, sampling_mode=mode), (1, 1, 2, 2)
    )


@breaks("resize-bilinear")
def resize_of_aligned_corners(lab: Any) -> None:
    _resize(lab, "STRICT_ALIGN_CORNERS")


@keeps("resize-bilinear")
def resize_of_half_pixels(lab: Any) -> None:
    _resize(lab, "UNALIGN_CORNERS")


def _upsample(lab: Any, factor: float) -> None:
    mb = _builder()
    lab.build(
        lambda x: mb.upsample_nearest_neighbor(x=x, scale_factor_height=factor, scale_factor_width=1.0), (1, 1, 2, 2)
    )


@breaks("upsample-fraction")
def upsample_by_half_more(lab: Any) -> None:
    _upsample(lab, 1.5)


@keeps("upsample-fraction")
def upsample_by_two(lab: Any) -> None:
    _upsample(lab, 2.0)


def _crop_resize(lab: Any, opset: str) -> None:
    mb, boxes = _builder(), np.array([[0, 0, 1, 1]], np.float32)
    regions: dict[str, Any] = {"boxes": boxes, "box_indices": np.zeros(1, np.int32)}
    if opset == "iOS16":
        regions = {"roi": np.array([0, 0, 0, 1, 1], np.float32).reshape(1, 1, 5, 1, 1)}
    lab.build(lambda x: mb.crop_resize(x=x, target_height=2, target_width=2, **regions), (1, 1, 4, 4), opset=opset)


@breaks("crop-resize")
def crop_in_ios16(lab: Any) -> None:
    _crop_resize(lab, "iOS16")


@keeps("crop-resize")
def crop_in_ios17(lab: Any) -> None:
    _crop_resize(lab, "iOS17")


@breaks("linear-gpu")
def dense_layer(lab: Any) -> None:
    lab.build(lambda x: _builder().linear(x=x, weight=np.ones((2, 3), np.float32)), (1, 3))


def _layer_norm(lab: Any, dtype: str) -> None:
    mb = _builder()
    lab.build(lambda x: mb.layer_norm(x=mb.cast(x=x, dtype=dtype), axes=[-1]), (1, 3))


@breaks("layer-norm-gpu")
def half_layer_norm(lab: Any) -> None:
    _layer_norm(lab, "fp16")


@keeps("layer-norm-gpu")
def single_layer_norm(lab: Any) -> None:
    _layer_norm(lab, "fp32")


def _lstm(lab: Any, width: int) -> None:
    mb, hidden = _builder(), 2
    lab.build(
        lambda x: mb.lstm(
            x=x,
            initial_h=np.zeros((1, hidden), np.float32),
            initial_c=np.zeros((1, hidden), np.float32),
            weight_ih=np.ones((4 * hidden, width), np.float32),
            weight_hh=np.ones((4 * hidden, hidden), np.float32),
        )[0],
        (3, 1, width),
    )


@breaks("lstm-width")
def lstm_of_64(lab: Any) -> None:
    _lstm(lab, 64)


@keeps("lstm-width")
def lstm_of_32(lab: Any) -> None:
    _lstm(lab, 32)


def _slice(lab: Any, begin: int, end: int) -> None:
    mb = _builder()
    lab.build(lambda x: mb.slice_by_index(x=x, begin=[begin], end=[end], stride=[-1]), (3,))


@breaks("slice-backwards")
def last_element_backwards(lab: Any) -> None:
    _slice(lab, -1, -2)


@keeps("slice-backwards")
def two_elements_backwards(lab: Any) -> None:
    _slice(lab, -1, -3)


# ── what leaves the Neural Engine ──


@breaks("ane-resample")
def sampled_grid(lab: Any) -> None:
    mb = _builder()
    lab.build(
        lambda x, grid: mb.resample(
            x=x,
            coordinates=grid,
            sampling_mode="bilinear",
            padding_mode="constant",
            padding_value=0.0,
            coordinates_mode="normalized_minus_one_to_one",
            align_corners=True,
        ),
        (1, 1, 4, 4),
        (1, 2, 2, 2),
    )


@breaks("ane-gather")
def best_of_all(lab: Any) -> None:
    lab.build(lambda x: _builder().topk(x=x, k=2, axis=-1)[0], (1, 5))


@breaks("ane-gather")
def gathered_by_computed_indices(lab: Any) -> None:
    mb = _builder()
    lab.build(lambda x: mb.gather(x=x, indices=mb.reduce_argmax(x=x, axis=-1, keep_dims=False), axis=-1), (1, 5))


@keeps("ane-gather")
def gathered_by_constant_indices(lab: Any) -> None:
    lab.build(lambda x: _builder().gather(x=x, indices=np.array([0, 2], np.int32), axis=-1), (1, 5))


@breaks("ane-recurrent")
def recurrent_layer(lab: Any) -> None:
    _lstm(lab, 3)


@breaks("ane-float32")
def single_relu(lab: Any) -> None:
    lab.build(lambda x: _builder().relu(x=x), (1, 5))


@breaks("ane-rank")
def value_of_rank_5(lab: Any) -> None:
    lab.build(lambda x: _builder().reshape(x=x, shape=[1, 1, 1, 1, 4]), (4,))


@breaks("ane-dimension")
def long_vector(lab: Any) -> None:
    lab.build(lambda x: _builder().relu(x=x), (16385,))


@keeps("ane-dimension")
def vector_of_the_limit(lab: Any) -> None:
    lab.build(lambda x: _builder().relu(x=x), (16384,))


# ── metadata ──


@breaks("metadata")
def nothing_said(lab: Any) -> None:
    lab.specification(lambda model: model.description.metadata.ClearField("shortDescription"))


@breaks("feature-descriptions")
def input_without_meaning(lab: Any) -> None:
    lab.specification(lambda model: model.description.input[0].ClearField("shortDescription"))


@breaks("metadata-json")
def source_that_is_no_json(lab: Any) -> None:
    lab.specification(lambda model: model.description.metadata.userDefined.update({"com.blazemesh.source": "{"}))


@breaks("metadata-json")
def preview_parameters_that_are_a_list(lab: Any) -> None:
    key = "com.apple.coreml.model.preview.params"
    lab.specification(lambda model: model.description.metadata.userDefined.update({key: "[]"}))


# ── pipelines: each gets the Pipeline message's models, and the package's own message ──


def breaks_pipeline(rule: str, breaking: bool = True) -> Callable[[Break], Break]:
    """As `breaks`, for a function of the root message of a sound pipeline."""

    def register(change: Break) -> Break:
        PIPELINES.append((rule, change.__name__, breaking, lambda lab: lab.specification(change)))
        return change

    return register


@breaks_pipeline("pipeline-models")
def a_pipeline_of_nothing(root: Any) -> None:
    del root.pipeline.models[:], root.pipeline.names[:]


@breaks_pipeline("pipeline-models")
def a_name_too_many(root: Any) -> None:
    root.pipeline.names.append("drawing")


@breaks_pipeline("pipeline-models")
def two_models_of_one_name(root: Any) -> None:
    root.pipeline.names[1] = root.pipeline.names[0]


@breaks_pipeline("pipeline-models")
def an_updatable_model(root: Any) -> None:
    root.pipeline.models[1].isUpdatable = True


@breaks_pipeline("pipeline-models", breaking=False)
def models_without_names(root: Any) -> None:
    del root.pipeline.names[:]


@breaks_pipeline("pipeline-joints")
def an_input_that_nothing_makes(root: Any) -> None:
    root.pipeline.models[1].description.input[0].name = "probabilities"


@breaks_pipeline("pipeline-joints")
def a_joint_of_another_type(root: Any) -> None:
    root.pipeline.models[1].description.input[1].type.multiArrayType.dataType = DOUBLE


@breaks_pipeline("pipeline-joints")
def a_joint_of_another_rank(root: Any) -> None:
    root.pipeline.models[1].description.input[1].type.multiArrayType.shape.append(1)


@breaks_pipeline("pipeline-joints")
def an_output_that_no_model_has(root: Any) -> None:
    root.description.output[2].name = "keypoints"


@breaks_pipeline("pipeline-joints", breaking=False)
def an_earlier_output_put_out_as_well(root: Any) -> None:
    root.description.output.append(root.pipeline.models[0].description.output[0])


@breaks_pipeline("suppression-features")
def an_output_that_the_model_does_not_name(root: Any) -> None:
    root.pipeline.models[1].nonMaximumSuppression.coordinatesOutputFeatureName = "boxes"


@breaks_pipeline("suppression-features")
def an_input_too_many(root: Any) -> None:
    root.pipeline.models[1].nonMaximumSuppression.iouThresholdInputFeatureName = ""


@breaks_pipeline("suppression-features")
def a_threshold_that_is_an_array(root: Any) -> None:
    message = root.pipeline.models[1].description.input[2]
    message.type.multiArrayType.dataType = FLOAT32


@breaks_pipeline("suppression-features")
def scores_that_are_a_number(root: Any) -> None:
    root.pipeline.models[1].description.input[0].type.doubleType.SetInParent()


@breaks_pipeline("suppression-thresholds")
def an_iou_above_one(root: Any) -> None:
    root.pipeline.models[1].nonMaximumSuppression.iouThreshold = 1.25


@breaks_pipeline("suppression-thresholds")
def a_confidence_that_is_no_number(root: Any) -> None:
    root.pipeline.models[1].nonMaximumSuppression.confidenceThreshold = float("nan")


@breaks_pipeline("suppression-thresholds", breaking=False)
def a_confidence_above_one(root: Any) -> None:
    root.pipeline.models[1].nonMaximumSuppression.confidenceThreshold = 7


@breaks_pipeline("suppression-types")
def all_float16(root: Any) -> None:
    description = root.pipeline.models[1].description
    for message in (*description.input[:2], *description.output):
        message.type.multiArrayType.dataType = FLOAT16


@breaks_pipeline("suppression-types")
def coordinates_of_another_type(root: Any) -> None:
    root.pipeline.models[1].description.output[1].type.multiArrayType.dataType = DOUBLE


@breaks_pipeline("suppression-shapes")
def a_shape_beside_a_range(root: Any) -> None:
    root.pipeline.models[1].description.output[0].type.multiArrayType.shape.extend([3, 80])


@breaks_pipeline("suppression-shapes")
def a_batch_axis(root: Any) -> None:
    for message in root.pipeline.models[1].description.output:
        message.type.multiArrayType.shapeRange.sizeRanges.add(lowerBound=1, upperBound=1)


@breaks_pipeline("suppression-shapes")
def more_rows_of_scores_than_of_boxes(root: Any) -> None:
    root.pipeline.models[1].description.output[0].type.multiArrayType.shapeRange.sizeRanges[0].lowerBound = 1


@breaks_pipeline("suppression-shapes")
def a_label_short(root: Any) -> None:
    del root.pipeline.models[1].nonMaximumSuppression.stringClassLabels.vector[79]


@breaks_pipeline("suppression-shapes")
def boxes_of_five_numbers(root: Any) -> None:
    bounds = root.pipeline.models[1].description.output[1].type.multiArrayType.shapeRange.sizeRanges[1]
    bounds.lowerBound = bounds.upperBound = 5


@breaks_pipeline("suppression-shapes", breaking=False)
def fixed_rows_in_both(root: Any) -> None:
    for message, columns in zip(root.pipeline.models[1].description.output, (80, 4), strict=True):
        message.type.multiArrayType.ClearField("shapeRange")
        message.type.multiArrayType.shape.extend([3, columns])


@breaks_pipeline("suppression-classes")
def one_class(root: Any) -> None:
    suppression = root.pipeline.models[1].nonMaximumSuppression
    del suppression.stringClassLabels.vector[1:]


# ── the tests ──


def named(cases: list[tuple[str, str, bool, Break]]) -> list[Any]:
    return [pytest.param(rule, breaking, change, id=f"{rule}-{name}") for rule, name, breaking, change in cases]


@pytest.mark.parametrize(("rule", "breaking", "change"), named(CASES))
def test_fires_where_it_should(rule: str, breaking: bool, change: Break, lab: Any) -> None:
    assert_fires(rule, breaking, change, lab)


@pytest.mark.parametrize(("rule", "breaking", "change"), named(PIPELINES))
def test_fires_where_it_should_in_pipelines(rule: str, breaking: bool, change: Break, pipeline: Any) -> None:
    assert_fires(rule, breaking, change, pipeline)


def test_a_sound_pipeline_has_no_errors(pipeline: Any) -> None:
    assert pipeline.lint().passed, pipeline.lint().to_text()


def assert_fires(rule: str, breaking: bool, change: Break, lab: Any) -> None:
    change(lab)
    report = lab.lint()
    found = [finding for finding in report.findings if finding.rule == rule]
    assert bool(found) == breaking, report.to_text()
    assert rule not in report.unchecked
    assert not any("broke off" in finding.message for finding in report.findings), report.to_text()
    (declared,) = (known for known in list_rules() if known.id == rule)
    assert all(finding.severity == declared.severity for finding in found)


def test_every_rule_is_broken_by_some_package() -> None:
    assert {rule for rule, _, breaking, _ in (*CASES, *PIPELINES) if breaking} == {rule.id for rule in list_rules()}

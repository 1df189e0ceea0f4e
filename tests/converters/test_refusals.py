from collections.abc import Callable

import ai_edge_litert.schema_py_generated as schema
import flatbuffers  # type: ignore[import-untyped]
import pytest

from converters.errors import ConversionError
from converters.lower import refuse_unsupported
from converters.refusals import CONTROL_FLOW, refuse_quantized, why_unsupported
from converters.tflite_reader import read_tflite
from tests.converters.network import Network

SCALE = schema.QuantizationParametersT(scale=[0.5], zeroPoint=[0])


def refused(network: Network) -> str:
    with pytest.raises(ConversionError) as caught:
        refuse_unsupported(read_tflite(network.build(), "built.tflite"))
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("CUMSUM", ""),
        ("MaxUnpooling2D", ": a custom operator, which only the program knows that it was made for"),
        ("FlexErf", ": TensorFlow's own Erf; export the model with built-in operators alone"),
        ("WHILE", ": control flow, which runs other graphs of the file; export the model without loops and branches"),
        (
            "CALL_ONCE",
            ": control flow, which runs other graphs of the file; export the model without loops and branches",
        ),
        ("IF", ": control flow, which runs other graphs of the file; export the model without loops and branches"),
        *(
            (kind, ": it chooses among boxes; export the model up to the raw boxes and scores, and suppress in the app")
            for kind in ("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "TFLite_Detection_PostProcess")
        ),
        (
            "edgetpu-custom-op",
            ": the file is compiled for an Edge TPU; convert the float model that it was made of",
        ),
    ],
)
def test_each_in_its_own_words(kind: str, reason: str) -> None:
    network = Network()
    x = network.unary("RELU", network.input("values", (2, 3)))
    network.output(network.operator(kind, [x], (2, 3), "model/result"))
    assert refused(network) == f"operator 1 {kind} (tensor 'model/result') is not supported{reason}"


@pytest.mark.parametrize("dtype", ["complex64", "resource", "variant", "string"])
def test_a_tensor_that_holds_no_numbers_with_its_first_operator(dtype: str) -> None:
    network = Network()
    x = network.unary("RELU", network.input("values", (2, 3)))
    strange = network.operator("VAR_HANDLE", [x], (2, 3), "strange", dtype)
    network.output(network.operator("READ_VARIABLE", [strange], (2, 3)))
    with pytest.raises(ConversionError) as caught:
        read_tflite(network.build(), "built.tflite")
    place = f"built.tflite: operator 1 VAR_HANDLE: tensor 'strange' is of type {dtype.upper()}; "
    assert str(caught.value).startswith(place)


def test_a_tensor_that_holds_no_numbers_and_that_nobody_reads() -> None:
    network = Network()
    network.output(network.unary("RELU", network.input("values", (1, 4))))
    network.tensor("left", (4,), "string")
    with pytest.raises(ConversionError, match=r"^built\.tflite: tensor 'left' is of type STRING; "):
        read_tflite(network.build(), "built.tflite")


def test_control_flow_is_the_schemas() -> None:
    assert all(hasattr(schema.BuiltinOperator, kind) for kind in CONTROL_FLOW)


def test_a_compiled_file_is_named_before_its_quantised_tensors() -> None:
    network = Network()
    network.inputs.append(network.tensor("pixels", (1, 4), "uint8", quantization=SCALE))
    network.output(network.operator("edgetpu-custom-op", network.inputs, (1, 4)))
    assert "the file is compiled for an Edge TPU" in refused(network)


def test_a_quantised_tensor_with_its_operator() -> None:
    network = Network()
    x = network.unary("RELU", network.input("values", (1, 4)))
    weights = network.tensor("model/weights", (3, 4), "int8", bytes(12), quantization=SCALE)
    network.output(network.operator("FULLY_CONNECTED", [x, weights, None], (1, 3), "scores"))
    place = "operator 1 FULLY_CONNECTED (tensor 'scores'): tensor 'model/weights' is quantised (int8); "
    assert refused(network) == f"{place}export the model in float32 or float16"


def per_channel(network: Network, x: int) -> int:
    """A convolution with a scale for each of its filters."""
    scales = schema.QuantizationParametersT(scale=[0.5, 0.25], zeroPoint=[0, 0], quantizedDimension=0)
    filters = network.tensor("weights", (2, 1, 1, 4), "int8", bytes(8), quantization=scales)
    operands = [x, filters, network.weights(2)]
    return network.operator("CONV_2D", operands, (1, 2, 2, 2), padding="SAME", strideH=1, strideW=1)


def dynamic_range(network: Network, x: int) -> int:
    """Weights of bytes behind a DEQUANTIZE, as a quantisation of weights alone leaves some of them."""
    stored = network.tensor("weights", (4,), "int8", bytes(4), quantization=SCALE)
    return network.binary("MUL", x, network.operator("DEQUANTIZE", [stored], (4,)))


def activations(network: Network, x: int) -> int:
    """Values that are bytes on their way."""
    made = network.operator("QUANTIZE", [x], (1, 2, 2, 4), "bytes", dtype="uint8")
    network.tensors[made].quantization = SCALE
    return network.operator("DEQUANTIZE", [made], (1, 2, 2, 4))


@pytest.mark.parametrize(("build", "dtype"), [(per_channel, "int8"), (dynamic_range, "int8"), (activations, "uint8")])
def test_every_form_of_quantisation(build: Callable[[Network, int], int], dtype: str) -> None:
    network = Network()
    network.output(build(network, network.input("picture", (1, 2, 2, 4))))
    message = refused(network)
    assert f"is quantised ({dtype}); export the model in float32 or float16" in message


def test_a_quantised_tensor_that_nobody_reads() -> None:
    network = Network()
    network.output(network.unary("RELU", network.input("values", (1, 4))))
    network.tensor("left", (4,), "int8", bytes(4), quantization=SCALE)
    with pytest.raises(ConversionError, match=r"^tensor 'left' is quantised"):
        refuse_quantized(read_tflite(network.build(), "built.tflite"))


@pytest.mark.parametrize("kind", ["RELU", "CUMSUM"])
def test_a_custom_operator_with_the_name_of_a_built_in_one(kind: str) -> None:
    network = Network()
    x = network.unary("RELU", network.input("values", (1, 4)))
    network.output(network.operator(kind, [x], (1, 4), "model/act", custom=True))
    reason = "a custom operator with the name of a built-in one; rename it, or export the built-in"
    assert refused(network) == f"operator 1 {kind} (tensor 'model/act') is not supported: {reason}"


def test_several_graphs() -> None:
    network = Network()
    network.output(network.unary("RELU", network.input("values", (1, 4))))
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(network.build(), 0))
    model.subgraphs.append(model.subgraphs[0])
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    with pytest.raises(ConversionError, match=r"^the file holds 2 graphs, expected one; export a single function$"):
        refuse_unsupported(read_tflite(bytes(builder.Output()), "built.tflite"))


def test_a_custom_operator_with_a_known_name_is_none_of_ours() -> None:
    network = Network()
    network.output(network.operator("relu", [network.input("values", (1, 4))], (1, 4)))
    operator = read_tflite(network.build(), "built.tflite").operators[0]
    assert operator.custom
    assert why_unsupported(operator).startswith(": a custom operator")

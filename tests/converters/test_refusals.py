import ai_edge_litert.schema_py_generated as schema
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
        ("IF", ": control flow, which runs other graphs of the file; export the model without loops and branches"),
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


def test_a_quantised_tensor_that_nobody_reads() -> None:
    network = Network()
    network.output(network.unary("RELU", network.input("values", (1, 4))))
    network.tensor("left", (4,), "int8", bytes(4), quantization=SCALE)
    with pytest.raises(ConversionError, match=r"^tensor 'left' is quantised"):
        refuse_quantized(read_tflite(network.build(), "built.tflite"))


def test_a_custom_operator_with_a_known_name_is_none_of_ours() -> None:
    network = Network()
    network.output(network.operator("relu", [network.input("values", (1, 4))], (1, 4)))
    operator = read_tflite(network.build(), "built.tflite").operators[0]
    assert operator.custom
    assert why_unsupported(operator).startswith(": a custom operator")

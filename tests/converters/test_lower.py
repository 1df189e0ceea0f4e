from collections.abc import Callable, Iterator

import coremltools as ct
import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)
from coremltools.converters.mil.mil import Function

from converters.errors import ConversionError
from converters.finish import Var
from converters.graph import Operator
from converters.lower import CHANNELS_FIRST, Context, Held, common_axes, lower, mil_constant
from converters.ops import registry
from converters.ops.registry import Handler, handlers
from converters.refusals import first_unsupported
from converters.tflite_reader import read_tflite
from tests.converters.judging import Convert
from tests.converters.network import Network

SHAPE = (1, 4, 6, 3)


@pytest.fixture
def context() -> Iterator[Context]:
    """Tensor 0 as an input held NCHW, 1 a constant, 2 the result of operator 0, 3 and 4 its bounds' like."""
    network = Network()
    x = network.input("picture", SHAPE)
    network.output(network.binary("ADD", x, network.weights(*SHAPE)))
    graph = read_tflite(network.build(), "built.tflite")
    with Function({"picture": mb.placeholder((1, 3, 4, 6))}, opset_version=ct.target.iOS16) as function:
        yield Context(graph, {0: Held(function.inputs["picture"], CHANNELS_FIRST)})


def kinds(var: Var) -> list[str]:
    """The operations between the input and `var`."""
    found = []
    while var.op is not None:
        found.append(var.op.op_type)
        var = var.op.x
    return found[::-1]


def test_a_value_is_transposed_once_for_each_order(context: Context) -> None:
    picture = context.graph.tensors[0]
    assert kinds(context.value(picture, CHANNELS_FIRST)) == []
    natural = context.value(picture)
    assert kinds(natural) == ["transpose"]
    assert (natural.shape, natural.op.perm.val.tolist()) == (SHAPE, [0, 2, 3, 1])
    assert natural.name == "picture_t0_ordered1"
    assert context.value(picture, (0, 1, 2, 3)) is natural
    swapped = context.value(picture, (0, 2, 1, 3))
    assert swapped.shape == (1, 6, 4, 3)
    assert swapped.op.perm.val.tolist() == [0, 3, 2, 1]
    assert context.axes(picture) == CHANNELS_FIRST


def test_constants_are_transposed_at_once(context: Context) -> None:
    weights = context.graph.tensors[1]
    assert weights.value is not None
    assert context.axes(weights) == (0, 1, 2, 3)
    found = context.value(weights, CHANNELS_FIRST)
    assert isinstance(found, np.ndarray)
    assert np.array_equal(found, weights.value.transpose(CHANNELS_FIRST))


def test_a_result_is_held_as_it_was_put(context: Context) -> None:
    result = context.graph.tensors[2]
    context.put(result, mb.relu(x=context.value(context.graph.tensors[0], CHANNELS_FIRST)), CHANNELS_FIRST)
    assert context.axes(result) == CHANNELS_FIRST
    assert kinds(context.value(result, CHANNELS_FIRST)) == ["relu"]
    assert kinds(context.reshaped(result, (72,), "flat")) == ["relu", "transpose", "reshape"]
    assert kinds(context.reshaped(result, SHAPE, "same")) == ["relu", "transpose"]


@pytest.mark.parametrize(
    ("shape", "emitted"),
    [((1, 1, 1, 5), []), ((1, 4, 6, 1), []), ((1, 1, 6, 5), ["transpose"]), ((2, 1, 1, 5), [])],
)
def test_only_axes_of_one_that_move_need_no_transpose(shape: tuple[int, ...], emitted: list[str]) -> None:
    network = Network()
    network.output(network.unary("RELU", network.input("x", shape)))
    graph = read_tflite(network.build(), "built.tflite")
    held = tuple(shape[axis] for axis in CHANNELS_FIRST)
    with Function({"x": mb.placeholder(held)}, opset_version=ct.target.iOS16) as function:
        context = Context(graph, {0: Held(function.inputs["x"], CHANNELS_FIRST)})
        assert kinds(context.reshaped(graph.tensors[0], (int(np.prod(shape)),), "flat")) == [*emitted, "reshape"]
        assert kinds(context.value(graph.tensors[0])) == (emitted or ["reshape"])


def test_the_order_of_pictures_goes_before_another(context: Context) -> None:
    result = context.graph.tensors[2]
    context.put(result, context.value(context.graph.tensors[0]))
    assert context.axes(result) == (0, 1, 2, 3)
    context.value(result, CHANNELS_FIRST)
    assert context.axes(result) == CHANNELS_FIRST


def test_operands_and_results(context: Context) -> None:
    operator = context.graph.operators[0]
    assert context.tensor(operator, 1).index == 1
    assert context.result(operator).index == 2
    assert context.constant(operator, 1) is context.graph.tensors[1].value
    with pytest.raises(ConversionError, match="operand 2 is missing"):
        context.tensor(operator, 2)
    with pytest.raises(ConversionError, match="operand 1 is missing"):
        context.tensor(Operator(0, "ADD", (0, None), (2,)), 1)
    with pytest.raises(ConversionError, match="it makes 2 results, expected 1"):
        context.result(Operator(0, "SPLIT", (0,), (1, 2)))
    with pytest.raises(ConversionError, match=r"operand 0 \('picture'\) is computed at run time, expected a constant"):
        context.constant(operator, 0)


def test_operands_meet_in_the_order_of_pictures(context: Context) -> None:
    picture, weights, result = context.graph.tensors[:3]
    context.put(result, context.value(picture))
    assert common_axes(context, (result, picture), 4) == CHANNELS_FIRST
    assert common_axes(context, (result, weights), 4) == (0, 1, 2, 3)
    assert common_axes(context, (weights,), 4) == (0, 1, 2, 3)
    assert common_axes(context, (picture,), 5) == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.zeros(2, np.float16), np.float32),
        (np.zeros((), np.float32), np.float32),
        (np.zeros((2, 3), np.int64), np.int32),
        (np.zeros(2, np.bool_), np.bool_),
    ],
)
def test_constants_in_mils_types(value: np.ndarray, expected: type) -> None:
    found = mil_constant(value)
    assert found.dtype == expected
    assert found.shape == value.shape
    assert mil_constant(np.zeros((2, 3)).T.astype(np.float32)).flags.c_contiguous


def two_operators() -> Network:
    network = Network()
    x = network.unary("TANH", network.input("picture", SHAPE))
    network.output(network.operator("RELU", [x], SHAPE, "model/act"))
    return network


def wrong_shape(context: Context, operator: Operator) -> None:
    x = context.value(context.tensor(operator, 0))
    context.put(context.result(operator), mb.reshape(x=x, shape=[1, 6, 4, 3]))


def wrong_order(context: Context, operator: Operator) -> None:
    context.put(context.result(operator), context.value(context.tensor(operator, 0)), CHANNELS_FIRST)


def wrong_type(context: Context, operator: Operator) -> None:
    context.put(context.result(operator), mb.cast(x=context.value(context.tensor(operator, 0)), dtype="int32"))


def refused_by_mil(context: Context, operator: Operator) -> None:
    context.put(context.result(operator), mb.relu(x=np.array(["text"])))


def silent(context: Context, operator: Operator) -> None:
    raise KeyError


MISTAKES: list[tuple[Handler, str]] = [
    (wrong_shape, r"came out as \[1, 6, 4, 3\], the source says \[1, 4, 6, 3\]$"),
    (wrong_order, r"came out as \[1, 4, 6, 3\], the source says \[1, 3, 4, 6\]$"),
    (wrong_type, "came out as int32, the source says float32$"),
    (refused_by_mil, "Core ML does not take it: .+$"),
    (silent, "Core ML does not take it: KeyError$"),
]


@pytest.mark.parametrize(("handler", "message"), MISTAKES, ids=[handler.__name__ for handler, _ in MISTAKES])
def test_a_mistake_in_a_function_is_caught_and_named(
    handler: Handler, message: str, convert: Convert, monkeypatch: pytest.MonkeyPatch
) -> None:
    convert(two_operators())
    monkeypatch.setitem(registry._handlers, "RELU", handler)
    with pytest.raises(ConversionError, match=rf"^built.tflite: operator 1 RELU \(tensor 'model/act'\): {message}"):
        convert(two_operators())


@pytest.mark.parametrize("kind", ["CUMSUM", "RANK"])
def test_an_operator_without_a_function(kind: str) -> None:
    network = Network()
    x = network.unary("RELU", network.input("picture", SHAPE))
    network.output(network.unary("TANH", network.operator(kind, [x], SHAPE, "model/lips")))
    graph = read_tflite(network.build(), "built.tflite")
    assert first_unsupported(graph, handlers()) is graph.operators[1]
    with pytest.raises(ConversionError) as caught:
        lower(Context(graph, {}))
    assert str(caught.value) == f"operator 1 {kind} (tensor 'model/lips') is not supported"


def test_every_operator_has_a_function(convert: Callable[[Network], object]) -> None:
    assert first_unsupported(read_tflite(two_operators().build(), "built.tflite"), handlers()) is None

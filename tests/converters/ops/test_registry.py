from collections.abc import Callable
from typing import Any

import pytest

from converters.ops import registry
from converters.ops.registry import handlers, register

KINDS = """
ABS ADD ADD_N ARG_MAX ARG_MIN AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND BROADCAST_TO CAST CEIL CONCATENATION
CONV_2D COS Convolution2DTransposeBias DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE DIV ELU EQUAL EXP EXPAND_DIMS FILL
FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GATHER_ND GELU GREATER GREATER_EQUAL HARD_SWISH L2_NORMALIZATION
LEAKY_RELU LESS LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC LOG_SOFTMAX Landmarks2TransformMatrix
MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL ONE_HOT PACK PAD PADV2 POW PRELU REDUCE_ALL REDUCE_ANY
REDUCE_MAX REDUCE_MIN REDUCE_PROD RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR
REVERSE_V2 ROUND RSQRT SCATTER_ND SELECT SELECT_V2 SHAPE SIGN SIN SLICE SOFTMAX SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT
SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM TANH TILE TOPK_V2 TRANSPOSE TRANSPOSE_CONV
TransformLandmarks TransformTensorBilinear UNIDIRECTIONAL_SEQUENCE_LSTM UNPACK ZEROS_LIKE
"""


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_handlers", dict(handlers()))


def test_every_kind_has_its_function() -> None:
    assert set(handlers()) == set(KINDS.split())
    assert all(function.__doc__ for function in handlers().values())


def test_registers_a_function_under_each_of_its_kinds() -> None:
    def lower_either(context: Any, operator: Any) -> None:
        """Both of them."""

    assert register("CUMSUM", "RANK")(lower_either) is lower_either
    assert handlers()["CUMSUM"] is handlers()["RANK"] is lower_either


def test_a_kind_that_has_a_function() -> None:
    def lower_add_again(context: Any, operator: Any) -> None: ...

    with pytest.raises(ValueError, match="ADD is registered twice: lower_binary, lower_add_again"):
        register("ADD")(lower_add_again)
    assert handlers()["ADD"].__name__ == "lower_binary"


def without_operator(context: Any) -> None: ...


def in_another_order(operator: Any, context: Any) -> None: ...


def with_a_third(context: Any, operator: Any, name: str) -> None: ...


@pytest.mark.parametrize("function", [without_operator, in_another_order, with_a_third])
def test_another_signature(function: Callable[..., None]) -> None:
    with pytest.raises(TypeError, match=rf"{function.__name__} takes \[.*\], expected \(context, operator\)"):
        register("CUMSUM")(function)
    assert "CUMSUM" not in handlers()

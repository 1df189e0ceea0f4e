import ai_edge_litert.schema_py_generated as schema
import pytest

from converters.errors import ConversionError
from tests.converters.judging import Convert
from tests.converters.network import Network


def greatest(network: Network, x: int, count: int) -> list[int]:
    shape = (*network.shape(x)[:-1], count)
    values, places = network.operator_of_many("TOPK_V2", [x, network.integers(count)], [shape] * 2)
    network.tensors[places].type = schema.TensorType.INT32
    return [values, places]


def test_the_greatest(judge: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 3, 8))
    network.output(*greatest(network, x, 1), *greatest(network, x, 3), *greatest(network, x, 8))
    judge(network)


def test_more_than_there_are(convert: Convert) -> None:
    network = Network()
    network.output(*greatest(network, network.input("values", (2, 4)), 5))
    with pytest.raises(ConversionError, match=r"operator 0 TOPK_V2 .*: 5 of \[2, 4\]"):
        convert(network)


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_one_hot(axis: int, judge: Convert) -> None:
    network = Network()
    x = network.input("values", (2, 5))
    best = network.operator("ARG_MAX", [x, network.integers(1)], (2,), dtype="int32", outputType="INT32")
    constants = [network.integers(5), network.constant("on", 2.0), network.constant("off", -1.0)]
    shape = (5, 2) if axis == 0 else (2, 5)
    network.output(network.operator("ONE_HOT", [best, *constants], shape, axis=axis))
    judge(network)

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)
from PIL import Image

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError
from verification.executor.reference import ReferenceModel

Save = Callable[..., Path]
Run = Callable[..., Array]
Random = Callable[..., Array]


def half(value: Array) -> Array:
    """The nearest half, as fp32."""
    with np.errstate(over="ignore"):
        return value.astype(np.float16).astype(np.float32)


def in_halves(x: Any) -> Any:
    """A chain of fp16 operations; fp32 comes in and goes out."""
    y = mb.mul(x=mb.cast(x=x, dtype="fp16"), y=np.float16(1.1))
    y = mb.relu(x=mb.add(x=y, y=np.float16(0.3)))
    return mb.cast(x=mb.sub(x=y, y=np.float16(7.7)), dtype="fp32")


def test_float32_arithmetic_widens_constants_and_rounds_nothing(run_one: Run, random: Random) -> None:
    x = random(1000)
    factor, summand, last = (np.float32(np.float16(value)) for value in (1.1, 0.3, 7.7))
    assert np.array_equal(run_one(in_halves, {"x": x}), np.maximum(x * factor + summand, 0) - last)


def test_float16_arithmetic_rounds_every_fp16_operation(run_one: Run, random: Random) -> None:
    x = random(1000)
    factor, summand, last = (np.float32(np.float16(value)) for value in (1.1, 0.3, 7.7))
    expected = half(np.maximum(half(half(half(x) * factor) + summand), 0) - last)
    result = run_one(in_halves, {"x": x}, arithmetic="float16")
    assert np.array_equal(result, expected)
    # The rounding must be visible at each of the steps, or this shows nothing.
    assert not np.array_equal(expected, half(np.maximum(half(half(x) * factor + summand), 0) - last))
    assert not np.array_equal(expected, half(np.maximum(half(half(x * factor) + summand), 0) - last))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2049, 2048),
        (2051, 2052),
        (65519, 65504),
        (65520, np.inf),
        (-1e9, -np.inf),
        (2.0**-25, 0),
        (1.5 * 2**-24, 2**-23),
    ],
)
def test_rounding_is_to_even_and_overflows_to_infinity(value: float, expected: float, run_one: Run) -> None:
    def build(x: Any) -> Any:
        return mb.cast(x=mb.cast(x=x, dtype="fp16"), dtype="fp32")

    inputs = {"x": np.array([value], np.float32)}
    assert run_one(build, inputs, arithmetic="float16").tolist() == [expected]
    # In fp32 the casts do nothing.
    assert run_one(build, inputs, arithmetic="float32").tolist() == [np.float32(value)]


def test_overflow_inside_the_program_is_kept_in_fp32_only(run_one: Run) -> None:
    def build(x: Any) -> Any:
        large = mb.mul(x=mb.cast(x=x, dtype="fp16"), y=np.float16(3))
        return mb.cast(x=mb.mul(x=large, y=np.float16(0.25)), dtype="fp32")

    inputs = {"x": np.array([60000], np.float32)}
    assert run_one(build, inputs, arithmetic="float16").tolist() == [np.inf]
    assert run_one(build, inputs, arithmetic="float32").tolist() == [45000]


def test_fp32_operations_stay_fp32_in_float16_arithmetic(run_one: Run, random: Random) -> None:
    def build(x: Any) -> Any:
        wide = mb.cast(x=mb.mul(x=mb.cast(x=x, dtype="fp16"), y=np.float16(1.1)), dtype="fp32")
        return mb.mul(x=wide, y=np.float32(1.1))

    x = random(1000)
    expected = half(half(x) * np.float32(np.float16(1.1))) * np.float32(1.1)
    assert np.array_equal(run_one(build, {"x": x}, arithmetic="float16"), expected)


def network(image: Any) -> Any:
    """A few layers as a face network has them."""
    generator = np.random.default_rng(1)
    x = mb.mul(x=image, y=np.float32(1 / 127.5))
    x = mb.sub(x=x, y=np.float32(1))
    for channels, stride in ((3, 2), (8, 1)):
        weight = generator.standard_normal((8, channels, 3, 3)).astype(np.float32)
        x = mb.conv(x=x, weight=weight, strides=[stride, stride], pad_type="same", bias=np.ones(8, np.float32))
        x = mb.prelu(x=x, alpha=np.linspace(0, 0.5, 8).astype(np.float32))
    return mb.reshape(x=mb.transpose(x=x, perm=[0, 2, 3, 1]), shape=[-1, 8], name="landmarks")


def test_a_network_as_coremltools_converts_it(save: Save) -> None:
    import coremltools as ct

    inputs = {"image": np.random.default_rng(0).uniform(0, 255, (1, 3, 12, 10)).astype(np.float32)}
    exact = save(network, inputs, pass_pipeline=ct.PassPipeline(), compute_precision=ct.precision.FLOAT32)
    expected = ReferenceModel(exact).predict(inputs)["landmarks"]
    mixed = save(
        network,
        inputs,
        pass_pipeline=ct.PassPipeline(),
        compute_precision=ct.precision.FLOAT16,
        outputs=[ct.TensorType("landmarks", dtype=np.float32)],
    )
    widened = ReferenceModel(mixed).predict(inputs)["landmarks"]
    rounded = ReferenceModel(mixed, "float16").predict(inputs)["landmarks"]
    # Half weights are off by up to 2^-12 of their size, and so are sums of products, whose sizes add up to less than
    # 200 here; rounding six operations gives no more than six times that.
    assert 0 < np.abs(widened - expected).max() < 200 / 2**12
    assert np.abs(widened - expected).max() < np.abs(rounded - expected).max() < 6 * 200 / 2**12


def test_trace_gives_every_value_in_the_order_of_the_program(save: Save, random: Random) -> None:
    def build(x: Any) -> Any:
        doubled = mb.mul(x=x, y=np.float32(2), name="doubled")
        first, second = mb.split(x=doubled, num_splits=2, axis=1, name="parts")
        return mb.add(x=first, y=mb.cast(x=mb.cast(x=second, dtype="fp16", name="narrow"), dtype="fp32"), name="sum")

    x = random(2, 4)
    model = ReferenceModel(save(build, {"x": x}), "float16")
    trace = model.trace({"x": x})
    names = list(trace)
    assert names[0] == "doubled"
    assert names.index("doubled") < names.index("parts_0") < names.index("narrow") < names.index("sum")
    assert np.array_equal(trace["doubled"], x * 2)
    assert np.array_equal(trace["parts_1"], x[:, 2:] * 2)
    assert np.array_equal(trace["narrow"], half(x[:, 2:] * 2))
    assert trace["narrow"].dtype == np.float32
    assert np.array_equal(trace["sum"], model.predict({"x": x})["sum"])
    # Constants aren't computed.
    computed = [
        output.name
        for operation in model.program.operations
        for output in operation.outputs
        if operation.kind != "const"
    ]
    assert names == computed


def test_predictions_repeat_to_the_bit(save: Save) -> None:
    inputs = {"image": np.random.default_rng(0).uniform(0, 255, (1, 3, 12, 10)).astype(np.float32)}
    path = save(network, inputs)
    first, second = (ReferenceModel(path).predict(inputs)["landmarks"] for _ in range(2))
    assert np.array_equal(first, second)


def test_outputs_have_their_declared_types(run: Callable[..., dict[str, Array]], random: Random) -> None:
    def build(x: Any) -> Any:
        narrow = mb.mul(x=mb.cast(x=x, dtype="fp16"), y=np.float16(0.1), name="narrow")
        return narrow, mb.reduce_argmax(x=x, axis=-1, name="index")

    x = random(2, 3)
    found = run(build, {"x": x})
    assert found["narrow"].dtype == np.float16
    assert found["index"].dtype == np.int32
    assert found["index"].tolist() == np.argmax(x, -1).tolist()
    assert np.array_equal(found["narrow"], (x * np.float32(np.float16(0.1))).astype(np.float16))


def test_an_output_may_be_an_input_or_a_constant(run: Callable[..., dict[str, Array]], random: Random) -> None:
    x = random(3)

    def build(x: Any) -> Any:
        return mb.identity(x=x, name="same"), mb.const(val=np.array([1, 2], np.float32), name="fixed")

    found = run(build, {"x": x})
    assert np.array_equal(found["same"], x)
    assert found["fixed"].tolist() == [1, 2]


def test_a_scalar_output(run_one: Run, random: Random) -> None:
    x = random(3)
    result = run_one(lambda x: mb.reduce_max(x=x, axes=[0]), {"x": x})
    assert result == x.max()


def test_executes_a_picture(save: Save) -> None:
    import coremltools as ct

    def build(image: Any) -> Any:
        return mb.identity(x=image, name="pixels")

    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8))
    path = save(
        build,
        {"image": np.zeros((1, 3, 4, 6), np.float32)},
        pass_pipeline=ct.PassPipeline(),
        inputs=[ct.ImageType("image", (1, 3, 4, 6), scale=1 / 127.5, bias=[-1, -1, -1])],
    )
    pixels = ReferenceModel(path).predict({"image": picture})["pixels"]
    # The package computes in fp16: bias and scale are exact to 2^-11 of 1.
    expected = np.asarray(picture).transpose(2, 0, 1)[None] / 127.5 - 1
    assert np.allclose(pixels, expected, rtol=0, atol=1e-3)


def test_an_unknown_operator_is_named(save: Save, random: Random) -> None:
    inputs = {"x": random(2, 3)}
    path = save(lambda x: mb.non_zero(x=mb.reduce_sum(x=x, axes=[0]), name="places"), inputs)
    with pytest.raises(PackageError) as caught:
        ReferenceModel(path)
    assert str(caught.value) == f"{path}: operation 'places' (non_zero): this operator is not supported"

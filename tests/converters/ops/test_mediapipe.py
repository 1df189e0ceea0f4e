"""The attention network's operators, held to their numpy twins; LiteRT runs whatever lies between."""

from typing import Any

import numpy as np
import pytest
from flatbuffers import flexbuffers  # type: ignore[import-untyped]

from converters.errors import ConversionError
from converters.graph import Array
from tests.converters.judging import Convert, Converted, assert_agree
from tests.converters.network import Network
from verification.executor.package import load_program
from verification.executor.reference import ReferenceModel
from verification.oracles.original import open_original

REGION: dict[str, Any] = {
    "left_rotation_idx": 1,
    "right_rotation_idx": 4,
    "subset_idxs": [0, 2, 3, 5, 6],
    "output_width": 16,
    "output_height": 12,
    "scale_x": 1.5,
    "scale_y": 1.25,
    "target_rotation_radians": 0.0,
}
SIZE = {"output_width": 5, "output_height": 4}


def operator(network: Network, kind: str, inputs: list[int], shape: tuple[int, ...], **options: Any) -> int:
    return network.operator(kind, inputs, shape, custom_options=bytes(flexbuffers.Dumps(options)) if options else b"")


def run_both(converted: Converted, inputs: dict[str, Array], arithmetic: Any = "float32") -> tuple[Any, Any]:
    """The package's only output, and the original's."""
    (found,) = ReferenceModel(converted.path, arithmetic).predict(inputs).values()
    (expected,) = open_original(converted.data, "built.tflite").run(inputs).values()
    return found, expected


def region(**options: Any) -> Network:
    network = Network()
    landmarks = network.input("landmarks", (1, 8, 3))
    network.output(operator(network, "Landmarks2TransformMatrix", [landmarks], (1, 4, 4), **(REGION | options)))
    return network


def landmarks(seed: int) -> Array:
    return np.random.default_rng(seed).uniform(0, 48, (1, 8, 3)).astype(np.float32)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"target_rotation_radians": 0.7},
        {"target_rotation_radians": -2.5, "output_width": 7, "output_height": 31},
        {"subset_idxs": [4, 4, 7], "left_rotation_idx": 7, "right_rotation_idx": 0, "scale_x": 1, "scale_y": 3.0},
    ],
)
def test_a_region_follows_the_landmarks(options: dict[str, Any], convert: Convert) -> None:
    converted = convert(region(**options))
    for seed in range(4):
        found, expected = run_both(converted, {"landmarks": landmarks(seed)})
        assert_agree(found, expected, f"{options} {seed}")


def test_a_rotation_may_be_left_out(convert: Convert) -> None:
    network = Network()
    options = {name: value for name, value in REGION.items() if name != "target_rotation_radians"}
    x = network.input("landmarks", (1, 8, 3))
    network.output(operator(network, "Landmarks2TransformMatrix", [x], (1, 4, 4), **options))
    found, expected = run_both(convert(network), {"landmarks": landmarks(1)})
    assert_agree(found, expected, "no rotation")


@pytest.mark.parametrize("line", [(0, 0), (5, 0), (-5, 0), (0, 5), (0, -5), (-3, -4)])
def test_every_direction_and_none(line: tuple[int, int], convert: Convert) -> None:
    points = landmarks(2)
    points[0, 4, :2] = points[0, 1, :2] + np.array(line, np.float32)
    found, expected = run_both(convert(region(target_rotation_radians=0.3)), {"landmarks": points})
    assert_agree(found, expected, str(line))


def sampling(rows: int, columns: int, channels: int = 3, held: bool = False) -> Network:
    """A picture through a matrix; `held`: the picture comes as a convolution leaves it."""
    network = Network()
    picture, matrix = network.input("picture", (1, rows, columns, channels)), network.input("matrix", (1, 4, 4))
    x = network.conv(picture, channels) if held else picture
    network.output(operator(network, "TransformTensorBilinear", [x, matrix], (1, 4, 5, channels), **SIZE))
    return network


def matrix(*rows: tuple[float, float, float]) -> Array:
    """The matrix with these rows: x, y, shift."""
    full = np.eye(4, dtype=np.float32)
    for index, (x, y, shift) in enumerate(rows):
        full[index] = x, y, 0, shift
    return full[None]


# At the border itself float32's rounding decides what is inside, so no cell but those of whole steps lies on it.
MATRICES = [
    matrix(),  # each cell onto one of the picture's, the outermost included
    matrix((1.317, 0.411, -0.523), (-0.604, 1.713, 1.259)),
    matrix((0.3, 0, 2.1), (0, 0.2, 1.9)),
    matrix((-1, 0, 5), (0, -1, 4)),
    matrix((2, 0, -3), (0.5, 2.5, -4)),
]


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("shape", [(4, 5), (9, 7), (1, 6), (6, 1)])
def test_a_picture_is_sampled(shape: tuple[int, int], held: bool, convert: Convert) -> None:
    converted = convert(sampling(*shape, held=held))
    generator = np.random.default_rng(3)
    seen = 0.0
    for given in MATRICES:
        picture = generator.standard_normal((1, *shape, 3)).astype(np.float32)
        found, expected = run_both(converted, {"picture": picture, "matrix": given})
        np.testing.assert_allclose(found, expected, atol=1e-5)  # values up to 10, by four weights of float32
        seen += float(np.abs(expected).max())
    assert seen > 0


def test_outside_of_the_picture_is_0_and_its_last_cells_are_inside(convert: Convert) -> None:
    converted = convert(sampling(4, 5, 1))
    picture = np.arange(1, 21, dtype=np.float32).reshape(1, 4, 5, 1)
    found, _ = run_both(converted, {"picture": picture, "matrix": matrix()})
    np.testing.assert_array_equal(found, picture)
    found, _ = run_both(converted, {"picture": picture, "matrix": matrix((1, 0, 1.0), (0, 1, -0.25))})
    assert found[0, 0].ravel().tolist() == [0] * 5  # a quarter of a cell above the first row's centres
    assert found[0, :, 4].ravel().tolist() == [0] * 4  # one cell to the right of the last column's
    assert found[0, 1, :4].ravel().tolist() == [5.75, 6.75, 7.75, 8.75]


@pytest.mark.parametrize("shift", [np.nan, np.inf, -np.inf, 1e30])
def test_a_matrix_that_leads_nowhere_gives_zeros(shift: float, convert: Convert) -> None:
    picture = np.ones((1, 4, 5, 3), np.float32)
    inputs = {"picture": picture, "matrix": matrix((1, 0, shift), (0, 1, 0))}
    found, expected = run_both(convert(sampling(4, 5)), inputs)
    assert not found.any()
    assert not expected.any()


@pytest.mark.parametrize("dimensions", [None, 2, 3])
def test_points_go_back(dimensions: int | None, convert: Convert) -> None:
    network = Network()
    points, given = network.input("points", (1, 6, dimensions or 2)), network.input("matrix", (1, 4, 4))
    options = {} if dimensions is None else {"dimensions": dimensions}
    network.output(operator(network, "TransformLandmarks", [points, given], (1, 6, dimensions or 2), **options))
    values = np.random.default_rng(4).uniform(0, 16, (1, 6, dimensions or 2)).astype(np.float32)
    found, expected = run_both(convert(network), {"points": values, "matrix": MATRICES[1]})
    assert_agree(found, expected, "points")
    if dimensions == 3:
        np.testing.assert_array_equal(found[..., 2], values[..., 2])


def attention() -> Network:
    """Landmarks → region → features and points of it → points of the picture, as the real network does."""
    network = Network()
    picture, mesh = network.input("picture", (1, 20, 24, 4)), network.input("landmarks", (1, 8, 3))
    x = network.conv(picture, 4)
    given = operator(network, "Landmarks2TransformMatrix", [mesh], (1, 4, 4), **REGION)
    seen = operator(network, "TransformTensorBilinear", [x, given], (1, 12, 16, 4), output_width=16, output_height=12)
    pooled = network.max_pool(network.conv(seen, 4), (12, 16), (1, 1), "VALID")
    points = network.reshape(network.binary("ADD", pooled, network.constant("middle", [100.0])), (1, 2, 2))
    scales = np.array([8, 8, 1, 8] * 2 + [1] * 8, np.float32).reshape(1, 4, 4)
    larger = network.binary("MUL", given, network.constant("larger", scales))
    moved = operator(network, "TransformLandmarks", [points, larger], (1, 2, 2))
    network.output(network.reshape(moved, (1, 1, 1, 4)))
    return network


def attention_inputs() -> dict[str, Array]:
    picture = np.random.default_rng(6).standard_normal((1, 20, 24, 4)).astype(np.float32)
    return {"picture": picture, "landmarks": landmarks(6) / 3 + np.array([5, 1, 0], np.float32)}


def test_the_three_together(convert: Convert) -> None:
    found, expected = run_both(convert(attention()), attention_inputs())
    assert_agree(found, expected, "points")


def test_geometry_stays_float32_in_a_float16_package(convert: Convert) -> None:
    """The region, the way back, the MUL between and the RESHAPE behind; the network itself is float16."""
    converted = convert(attention(), precision="float16")
    program = load_program(converted.path)
    types: dict[str, set[str]] = {}
    for operation in program.operations:
        for output in operation.outputs:
            types.setdefault(operation.kind, set()).add(output.type.dtype)
    assert types["conv"] == types["max_pool"] == {"float16"}
    for kind in ("matmul", "reduce_min", "reduce_max", "reduce_l2_norm", "real_div", "floor", "select", "reduce_sum"):
        assert types[kind] == {"float32"}, kind
    declared = {output.name: output.type.dtype for o in program.operations for output in o.outputs}
    (larger,) = (o.outputs[0] for o in converted.graph.operators if o.kind == "MUL")
    (last,) = converted.graph.outputs
    for tensor in (larger, last):
        assert [dtype for name, dtype in declared.items() if name.endswith(f"_t{tensor}")] == ["float32"]
    found, expected = run_both(converted, attention_inputs(), "float16")
    np.testing.assert_allclose(found, expected, rtol=2e-3)  # the network's own halves
    assert (found != found.astype(np.float16)).all()


REFUSED: list[tuple[str, list[tuple[int, ...]], tuple[int, ...], dict[str, Any], str]] = [
    ("Landmarks2TransformMatrix", [(1, 1, 1, 24)], (1, 4, 4), REGION, r"is float32 \[1, 1, 1, 24\], expected float32"),
    ("Landmarks2TransformMatrix", [(2, 8, 3)], (1, 4, 4), REGION, r"\[2, 8, 3\], expected float32 \[1, points, 3\]"),
    ("Landmarks2TransformMatrix", [(1, 6, 3)], (1, 4, 4), REGION, "points 0 to 6, expected some of 0 to 5"),
    ("Landmarks2TransformMatrix", [(1, 8, 3)], (1, 4, 4), REGION | {"left_rotation_idx": -1}, "points -1 to 6"),
    (
        "Landmarks2TransformMatrix",
        [(1, 8, 3)],
        (1, 4, 4),
        REGION | {"subset_idxs": []},
        r"option subset_idxs is \(\), ",
    ),
    ("Landmarks2TransformMatrix", [(1, 8, 3)], (1, 4, 4), REGION | {"scale_x": 0.0}, r"scales \(0.0, 1.25\)"),
    ("Landmarks2TransformMatrix", [(1, 8, 3)], (1, 4, 4), REGION | {"output_width": 0}, "0 × 12 cells, expected 1 to"),
    ("Landmarks2TransformMatrix", [(1, 8, 3)], (1, 4, 4), REGION | {"scale_y": True}, "option scale_y is True"),
    (
        "Landmarks2TransformMatrix",
        [(1, 8, 3)],
        (1, 4, 4),
        REGION | {"target_rotation_radians": float("inf")},
        "target_rotation_radians inf",
    ),
    ("Landmarks2TransformMatrix", [(1, 8, 3)], (1, 4, 4), {"scale_x": 1.0}, "option left_rotation_idx is None"),
    ("Landmarks2TransformMatrix", [(1, 8, 3)], (1, 3, 3), REGION, r"came out as \[1, 4, 4\], the source says"),
    ("TransformTensorBilinear", [(2, 4, 4, 3), (1, 4, 4)], (2, 4, 5, 3), SIZE, r"picture .* \[2, 4, 4, 3\], expected"),
    ("TransformTensorBilinear", [(1, 4, 4, 3), (1, 3, 3)], (1, 4, 5, 3), SIZE, r"matrix .* \[1, 3, 3\], expected"),
    ("TransformTensorBilinear", [(1, 4, 4, 3), (1, 4, 4)], (1, 5, 4, 3), SIZE, r"\[1, 5, 4, 3\], by its options"),
    ("TransformTensorBilinear", [(1, 4, 4, 3), (1, 4, 4)], (1, 4, 5, 3), {}, "option output_width is None, expected"),
    ("TransformLandmarks", [(1, 6, 2), (1, 4, 4)], (1, 6, 2), {"dimensions": 4}, "dimensions 4, expected 2 or 3"),
    ("TransformLandmarks", [(1, 6, 3), (1, 4, 4)], (1, 6, 3), {}, r"\[1, 6, 3\], expected float32 \[1, points, 2\]"),
    ("TransformLandmarks", [(1, 1, 6, 2), (1, 4, 4)], (1, 1, 6, 2), {}, r"\[1, 1, 6, 2\], expected float32 \[1, poin"),
]


@pytest.mark.parametrize(("kind", "inputs", "shape", "options", "message"), REFUSED)
def test_what_the_operators_do_not_take(
    kind: str,
    inputs: list[tuple[int, ...]],
    shape: tuple[int, ...],
    options: dict[str, Any],
    message: str,
    convert: Convert,
) -> None:
    network = Network()
    tensors = [network.input(f"x{index}", given) for index, given in enumerate(inputs)]
    network.output(operator(network, kind, tensors, shape, **options))
    with pytest.raises(ConversionError, match=rf"operator 0 {kind} \(tensor '.*'\): .*({message})"):
        convert(network)


def test_options_that_are_broken(convert: Convert) -> None:
    network = Network()
    network.output(
        network.operator(
            "Landmarks2TransformMatrix", [network.input("x", (1, 8, 3))], (1, 4, 4), custom_options=b"\x01\x02\x24\x01"
        )
    )
    with pytest.raises(ConversionError, match=r"Landmarks2TransformMatrix .*: its options \(4 bytes\) are broken"):
        convert(network)

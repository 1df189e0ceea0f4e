"""What an original differs from itself by: between its kernels, or where its inputs move by one float32."""

from pathlib import Path

import numpy as np
import pytest

from blazemesh.conversion import convert, judge
from tests.blazemesh.conftest import small_model
from verification.limits import NOTHING, Limit, SelfDifference, limit
from verification.oracles.litert import LiteRT
from verification.spread import Spread

FAR = SelfDifference(1000.0, 1000.0, 1000.0)


def ran(name: str, samples: dict[str, Path], delegate: bool = False) -> tuple[float, float]:
    """The spread and the range of a sample's first output on one picture of noise."""
    data = samples[name].read_bytes()
    original = LiteRT(data, name, delegate)
    (detail,) = original._interpreter.get_input_details()
    inputs = {detail["name"]: np.random.default_rng(0).random(detail["shape"], np.float32)}
    spread = Spread(original, None if original.needs_delegate else LiteRT(data, name, delegate=True))
    outputs = original.run(inputs)
    spread.add(inputs, outputs)
    output = next(iter(outputs))
    return spread.of(output).kernels, float(np.ptp(outputs[output]))


def test_two_sets_of_kernels_differ_by_roundings(samples: dict[str, Path]) -> None:
    spread, extent = ran("HandRecrop", samples)
    assert 0 < spread < 1e-5 * extent


def test_where_there_is_one_set_its_inputs_move(samples: dict[str, Path]) -> None:
    assert LiteRT(samples["SelfieSegmentation"].read_bytes(), "x").needs_delegate
    spread, extent = ran("SelfieSegmentation", samples)
    assert 0 < spread < 1e-4 * extent
    spread, extent = ran("HandRecrop", samples, delegate=True)
    assert 0 < spread < 1e-5 * extent


def test_the_greatest_case_counts_and_what_is_not_finite_does_not() -> None:
    data = small_model()
    spread = Spread(LiteRT(data, "x"), LiteRT(data, "x", delegate=True))
    picture = {"picture": np.zeros((1, 8, 8, 3), np.float32)}
    exact = LiteRT(data, "x").run(picture)["features"]
    assert spread.of("features") == NOTHING
    for offset in (0.5, 2.0, 1.0, np.nan, np.inf):
        spread.add(picture, {"features": exact + np.float32(offset)})
    assert spread.of("features").kernels == pytest.approx(2.0)


def test_a_limit_grows_with_the_spread_up_to_a_share_of_the_range() -> None:
    rule = Limit(1e-3, relative=True, spreads=2.0, widest=1e-2)
    allowed = [rule.allowed(10.0, SelfDifference(spread)) for spread in (0.0, 0.004, 0.03, 5.0)]
    assert allowed == [0.01, 0.01, 0.06, 0.1]
    assert Limit(0.35, 0.05).allowed(1000.0, FAR) == 0.35
    assert Limit(0.35, 0.05).allowed_mean(1000.0, FAR) == 0.05


def test_both_limits_grow_with_what_rounding_the_weights_does() -> None:
    rule = Limit(1e-2, 1e-3, relative=True, widest=1.0, roundings=3.0, widest_mean=0.1)
    own = [SelfDifference(0.0, greatest, mean) for greatest, mean in ((0.0, 0.0), (1.0, 0.1), (9.0, 3.0))]
    assert [rule.allowed(10.0, each) for each in own] == [0.1, 3.0, 10.0]
    assert [rule.allowed_mean(10.0, each) for each in own] == pytest.approx([0.01, 0.3, 1.0])
    assert Limit(1e-2, None, relative=True, roundings=3.0).allowed_mean(10.0, FAR) is None


@pytest.mark.parametrize("unit", ["px", "logit"])
def test_what_the_face_models_are_held_to_does_not_grow(unit: str) -> None:
    for arithmetic in ("float32", "float16"):
        rule = limit(unit, arithmetic, True)
        assert rule.allowed(1000.0, FAR) == rule.max
        assert rule.allowed_mean(1000.0, FAR) == rule.mean


def test_a_wider_limit_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, package = small_model(), tmp_path / "Tiny.mlpackage"
    (tmp_path / "tiny.tflite").write_bytes(data)
    convert(tmp_path / "tiny.tflite", package, check=False)
    verdict = judge(package, data, "tiny.tflite", cases=2)
    assert verdict.notes == ()
    assert all(row.range and row.spread is not None and row.spread < 1e-5 * row.range for row in verdict.rows)
    monkeypatch.setattr(Spread, "of", lambda *_: SelfDifference(0.3))
    (float32, float16) = judge(package, data, "tiny.tflite", cases=2).notes
    assert "differs by 0.3 between the original's own kernels: its limit in reference float32 is 0.0" in float32
    assert float16.endswith("float16 is 1 of its range; that proves little, the mean decides")

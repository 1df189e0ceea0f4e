from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813

from blazemesh.tail_bench import DETECTORS, tail_package, unrolled
from pipelines.anchors import SHORT_RANGE
from pipelines.decoding import decode
from pipelines.mil import TAIL, suppression
from pipelines.slots import SLOTS
from pipelines.suppression import suppress_into
from tests.pipelines.mil.conftest import Tail
from tests.pipelines.mil.judging import Margins, difference, judge
from tests.pipelines.mil.scenes import KINDS, scenes
from verification.executor.reference import ReferenceModel

THRESHOLDS = ("scoreThreshold", "iouThreshold")
SCENES = 5004
TOLERANCE = 1e-6
"""Means of float32 values below 1, of up to 2304 of them: eight last digits; measured 4e-7."""


@pytest.fixture
def margins(monkeypatch: pytest.MonkeyPatch) -> Margins:
    return Margins(monkeypatch)


@pytest.mark.parametrize("detector", DETECTORS)
def test_the_package_is_its_twin_on_every_scene(detector: str, tail: Tail, margins: Margins) -> None:
    recipe, thresholds = DETECTORS[detector]
    verdict = judge(tail(detector), recipe, SLOTS, scenes(recipe, thresholds, SCENES, 11), margins, TOLERANCE)
    assert verdict.mismatches == []
    assert verdict.apart <= SCENES / 100
    assert min(verdict.kinds[kind] for kind in KINDS) == SCENES // len(KINDS)
    assert set(verdict.counts) == set(range(SLOTS + 1))
    assert min(verdict.counts[0], verdict.counts[1], verdict.counts[SLOTS]) > 300


@pytest.mark.parametrize("detector", DETECTORS)
def test_halves_move_faces_a_little(detector: str, tail: Tail, margins: Margins) -> None:
    """Raw values rounded to float16, as a network in float16 gives them, against the twin on the unrounded ones."""
    recipe, thresholds = DETECTORS[detector]
    compared, worst = 0, 0.0
    for scene in scenes(recipe, thresholds, 270, 12):
        margins.threshold, margins.iou = np.float32(scene.thresholds.iou), np.inf
        candidates = decode(scene.regressors, scene.logits, recipe)
        expected = suppress_into(SLOTS, candidates, scene.thresholds)
        # A raw value of 64 px has a last digit of 0.06 px in float16, an IoU of small boxes moves by 1e-2.
        if scene.kind == "hostile" or margins.iou < 1e-2:
            continue
        halves = {name: value.astype(np.float16).astype(np.float32) for name, value in scene.inputs().items()}
        found = tail(detector).predict(halves | {name: scene.inputs()[name] for name in THRESHOLDS})
        compared += 1
        worst = max(worst, difference(found, expected, candidates))
    assert compared > 100
    assert worst <= 0.02


def test_thresholds_may_be_left_out(tail: Tail) -> None:
    for detector, (recipe, thresholds) in DETECTORS.items():
        scene = next(s for s in scenes(recipe, thresholds, 8, 13) if s.kind == "hundreds")
        raw = {name: value for name, value in scene.inputs().items() if name not in THRESHOLDS}
        with_defaults = replace(scene, thresholds=thresholds).inputs()
        for name, expected in tail(detector).predict(with_defaults).items():
            np.testing.assert_array_equal(tail(detector).predict(raw)[name], expected)


def two_boxes(width: float, score_logit: float = 2) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """Short-range raw outputs: a box of 64 x 64 px, and in its corner one of `width` x 64."""
    regressors, logits = np.zeros((896, 16), np.float32), np.full(896, -50, np.float32)
    anchors = SHORT_RANGE.centers() * 128
    for index, (side, logit) in {3: (64.0, 3.0), 700: (width, score_logit)}.items():
        regressors[index, :4] = [*((32 + side / 2, 64) - anchors[index]), side, 64]
        logits[index] = logit
    return {"regressors": regressors, "logits": logits}


@pytest.mark.parametrize(("width", "threshold", "count"), [(32, 0.5, 2), (33, 0.5, 1), (32, 0.4999, 1), (16, 0.25, 2)])
def test_an_overlap_at_the_threshold_does_not_merge(width: float, threshold: float, count: int, tail: Tail) -> None:
    found = tail("short").predict(two_boxes(width) | {"iouThreshold": np.array([threshold], np.float32)})
    assert found["count"].tolist() == [count]


def test_a_score_at_the_threshold_counts(tail: Tail) -> None:
    assert tail("short").predict(two_boxes(8, score_logit=0))["count"].tolist() == [2]  # sigmoid(0) is ½ exactly
    assert tail("short").predict(two_boxes(8, score_logit=-1e-3))["count"].tolist() == [1]


def test_the_program_is_of_plain_operators_that_keep_float32(tail: Tail) -> None:
    operations = [operation for operation in tail("full").program.operations if operation.kind != "const"]
    kinds = {operation.kind for operation in operations}
    assert not kinds & {"non_maximum_suppression", "topk", "argsort", "while_loop", "cond", "linear", "batch_norm"}
    unnamed = {operation.kind for operation in operations if not operation.name.startswith(TAIL)}
    assert unnamed <= {"cast", "identity"}  # an op_selector is not asked about casts; identities are the outputs
    assert len(operations) < 320


@pytest.mark.parametrize("slots", [1, 3])
def test_fewer_slots_hold_the_best_faces(slots: int, tmp_path: Path, margins: Margins) -> None:
    assert faults(suppression.suppress, slots, tmp_path, margins) == set()


def test_the_yardstick_does_the_same(tmp_path: Path, margins: Margins) -> None:
    assert faults(unrolled, 4, tmp_path, margins) == set()


def faults(build: Callable[..., Any], slots: int, folder: Path, margins: Margins) -> set[str]:
    """The kinds of scenes on which a package built by `build` differs from the twin."""
    recipe, thresholds = DETECTORS["short"]
    path = folder / "tail.mlpackage"
    tail_package(recipe, thresholds, slots, build, path)
    verdict = judge(ReferenceModel(path), recipe, slots, scenes(recipe, thresholds, 180, 14), margins, TOLERANCE)
    return {mismatch.split()[0] for mismatch in verdict.mismatches}


class Replaced:
    """MIL's builder with some operations replaced, each by its kind and the end of its name: `relu_width`."""

    def __init__(self, **others: Callable[..., Any]) -> None:
        self._others = others

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def emit(**arguments: Any) -> Any:
            role = arguments["name"].removeprefix(TAIL).lstrip("0123456789_")
            return self._others.get(f"{kind}_{role}", getattr(mb, kind))(**arguments)

        return emit


def last_of_equals(left: Any, name: str) -> tuple[Any, Any]:
    """As `highest`, but of equal scores the highest index."""
    best = mb.reduce_max(x=left, axes=[0], keep_dims=True)
    keys = mb.add(x=mb.sub(x=left, y=best), y=np.arange(1, left.shape[0] + 1, dtype=np.float32))
    return best, mb.reduce_argmax(x=keys, axis=0, keep_dims=True)


FAULTS: dict[str, tuple[str, Any, set[str]]] = {
    "an overlap at the threshold merges": ("mb", Replaced(greater_overlaps=mb.greater_equal), {"flat"}),
    "a flat box does not end the search": (
        "_reached",
        lambda gathered, slots: np.full((slots, 1), 1 / suppression.WEIGHT, np.float32),
        {"flat"},
    ),
    "of equal scores the last comes first": ("highest", last_of_equals, {"ties"}),
    "boxes of negative size count": (
        "mb",
        Replaced(logical_and_counted=lambda x, y, name: mb.identity(x=x, name=name)),
        {"flat"},
    ),
    "a negative width stays": ("mb", Replaced(relu_width=mb.identity), {"crowd", "hundreds"}),
    "a plain mean": (
        "mb",
        Replaced(reshape_weights=lambda x, shape, name: mb.sign(x=mb.reshape(x=x, shape=shape), name=name)),
        {"faces", "crowd", "hundreds", "one_heap", "chain"},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, margins: Margins) -> None:
    name, wrong, kinds = FAULTS[fault]
    monkeypatch.setattr(suppression, name, wrong)
    assert faults(suppression.suppress, 4, tmp_path, margins) >= kinds

"""What the detectors' tail costs: decoding and suppression in a package of their own, beside K unrolled rounds."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazemesh.quiet import no_progress_bars, quiet_coremltools
from blazemesh.text_table import text_table
from pipelines.anchors import FULL_RANGE, SHORT_RANGE, AnchorRecipe
from pipelines.detections import ROWS
from pipelines.slots import SLOTS
from pipelines.suppression import FULL_RANGE_THRESHOLDS, SHORT_RANGE_THRESHOLDS, Thresholds
from verification.executor.inputs import feed
from verification.executor.lowering import LoweredProgram
from verification.executor.package import load_program
from verification.executor.program import Program
from verification.executor.session import Session

Suppress = Callable[[Any, Any, Any, int], Any]
"""`pipelines.mil.suppression.suppress`, or another program for the same."""

DETECTORS = {"short": (SHORT_RANGE, SHORT_RANGE_THRESHOLDS), "full": (FULL_RANGE, FULL_RANGE_THRESHOLDS)}
BURST = 8
"""Calls timed in one go."""
BURSTS = 300
"""Times that each program is timed; the best one counts, for what else the machine does only ever adds."""


FACES = ("landmarks", "confidence", "count")


def tail_package(
    recipe: AnchorRecipe,
    thresholds: Thresholds,
    slots: int,
    suppress: Suppress,
    path: Path,
    outputs: Sequence[str] = FACES,
) -> None:
    """Save the package `path`: from a detector's raw outputs `regressors` and `logits` to `outputs`.

    Those are some of FACES, and `proposals` and `scores`, what decoding gives. `scoreThreshold` and `iouThreshold` are
    optional inputs, `thresholds` their defaults.
    """
    import coremltools as ct

    anchors = len(recipe.centers())
    defaults = {"scoreThreshold": thresholds.score, "iouThreshold": thresholds.iou}
    raw = {"regressors": (anchors, 2 * ROWS), "logits": (anchors,)}
    inputs = [ct.TensorType(name=name, shape=shape) for name, shape in raw.items()]
    inputs += [
        ct.TensorType(name=name, shape=(1,), default_value=np.full(1, default, np.float32))
        for name, default in defaults.items()
    ]
    with no_progress_bars():
        model = ct.convert(
            _tail(recipe, raw | dict.fromkeys(defaults, (1,)), slots, suppress, outputs),
            inputs=inputs,
            minimum_deployment_target=ct.target.iOS16,
            compute_precision=ct.precision.FLOAT32,
            skip_model_load=True,
        )
    model.save(str(path))


def _tail(
    recipe: AnchorRecipe, inputs: Mapping[str, tuple[int, ...]], slots: int, suppress: Suppress, outputs: Sequence[str]
) -> Any:
    """The MIL program of `tail_package`."""
    import coremltools as ct
    from coremltools.converters.mil import Builder as mb  # noqa: N813
    from coremltools.converters.mil import mil

    from pipelines.mil.decoding import decode

    placeholders = {name: mb.placeholder(shape=shape, dtype=mil.types.fp32) for name, shape in inputs.items()}
    with mil.Function(placeholders, opset_version=ct.target.iOS16) as function:
        given = function.inputs
        proposals = decode(given["regressors"], given["logits"], recipe.centers(), recipe.input_side)
        faces = suppress(proposals, given["scoreThreshold"], given["iouThreshold"], slots)
        results = {name: getattr(faces, name) for name in FACES}
        results |= {"proposals": proposals.landmarks, "scores": proposals.scores}
        function.set_outputs([mb.identity(x=results[name], name=name) for name in outputs])
    program = mil.Program()
    program.add_function("main", function)
    return program


def unrolled(proposals: Any, score_threshold: Any, iou_threshold: Any, slots: int) -> Any:
    """The yardstick: the definition written out round by round — the best, its IoU with all, their mean, the rest.

    The same candidates and the same choice among equal scores as in pipelines.mil.suppression.
    """
    from coremltools.converters.mil import Builder as mb  # noqa: N813

    from pipelines.mil.decoding import OUTWARDS
    from pipelines.mil.suppression import WEIGHT, Faces, candidates

    points = proposals.outwards
    columns = mb.mul(x=mb.transpose(x=points, perm=[1, 0]), y=OUTWARDS.T)
    sides = [mb.gather(x=columns, indices=np.int32(axis), axis=0) for axis in range(4)]
    width, height = (mb.sub(x=sides[axis + 2], y=sides[axis]) for axis in range(2))
    area = mb.mul(x=width, y=height)
    left = candidates(proposals.scores, width, height, score_threshold)
    means, confidences, going = [], [], np.ones(1, np.float32) / WEIGHT
    for number in range(slots):
        best, mean, left, some = _unrolled_round(points, [*sides, area], left, iou_threshold, f"round_{number}_")
        confidences.append(mb.mul(x=best, y=going))
        means.append(mb.select(cond=mb.greater(x=confidences[-1], y=np.float32(0)), a=mean, b=np.float32(0)))
        going = mb.mul(x=mb.cast(x=some, dtype="fp32"), y=np.float32(1) / WEIGHT)
    confidence = mb.concat(values=confidences, axis=0)
    points = mb.mul(x=mb.concat(values=means, axis=0), y=OUTWARDS)
    landmarks = mb.reshape(x=points, shape=[slots, ROWS, 2])
    used = mb.cast(x=mb.greater(x=confidence, y=np.float32(0)), dtype="int32")
    return Faces(landmarks, confidence, mb.reduce_sum(x=used, axes=[0], keep_dims=True))


def _unrolled_round(points: Any, boxes: list[Any], left: Any, iou_threshold: Any, name: str) -> tuple[Any, ...]:
    """The best score [1], its group's mean [1, 16], the scores left over [N], and whether there was a group [1]."""
    from coremltools.converters.mil import Builder as mb  # noqa: N813

    from pipelines.mil.suppression import highest

    best, index = highest(left, name)
    x0, y0, x1, y1, area = boxes
    top_x0, top_y0, top_x1, top_y1, top_area = (mb.gather(x=values, indices=index, axis=0) for values in boxes)
    width = mb.relu(x=mb.sub(x=mb.minimum(x=x1, y=top_x1), y=mb.maximum(x=x0, y=top_x0)))
    height = mb.relu(x=mb.sub(x=mb.minimum(x=y1, y=top_y1), y=mb.maximum(x=y0, y=top_y0)))
    intersection = mb.mul(x=width, y=height)
    union = mb.sub(x=mb.add(x=area, y=top_area), y=intersection)
    iou = mb.real_div(x=intersection, y=mb.maximum(x=union, y=np.float32(1e-30)))
    taken = mb.greater(x=iou, y=iou_threshold)
    weights = mb.select(cond=taken, a=left, b=np.float32(0))
    total = mb.reduce_sum(x=weights, axes=[0], keep_dims=True)
    some = mb.greater(x=total, y=np.float32(0))
    mean = mb.real_div(x=mb.matmul(x=weights, y=points), y=mb.maximum(x=total, y=np.float32(1e-30)))
    found = mb.select(cond=some, a=mean, b=mb.gather(x=points, indices=index, axis=0))
    return best, found, mb.select(cond=taken, a=np.float32(0), b=left), some


def crowd(anchors: int) -> dict[str, NDArray[np.float32]]:
    """Raw outputs of a scene full of candidates: what the rounds cost does not depend on them."""
    random = np.random.default_rng(5)
    regressors = random.normal(0, 4, (anchors, 2 * ROWS)).astype(np.float32)
    regressors[:, 2:4] = random.uniform(8, 48, (anchors, 2))
    return {"regressors": regressors, "logits": random.normal(-1, 2, anchors).astype(np.float32)}


def fastest(programs: Mapping[str, Program], inputs: Mapping[str, NDArray[np.float32]]) -> dict[str, float]:
    """Milliseconds a call of each program in ONNX Runtime on one thread.

    The programs take turns, so that a busy moment of the machine hits all of them.
    """
    calls: dict[str, Callable[[], object]] = {}
    for name, program in programs.items():
        lowered = LoweredProgram(program, "float32")
        results = [tensor.name for tensor in lowered.outputs]
        calls[name] = partial(Session(lowered.serialized(lowered.outputs)).run, results, feed(program.inputs, inputs))
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(BURSTS):
        for name, call in calls.items():
            started = time.perf_counter()
            for _ in range(BURST):
                call()
            best[name] = min(best[name], (time.perf_counter() - started) / BURST * 1000)
    return best


@dataclass(frozen=True)
class TailCost:
    """Operators and milliseconds a call of the detector's tail, and of the same unrolled."""

    detector: str
    operators: int
    milliseconds: float
    unrolled_operators: int
    unrolled_milliseconds: float


def measure_tails() -> list[TailCost]:
    """Both detectors' tails with SLOTS slots, executed by the reference executor."""
    quiet_coremltools()
    from pipelines.mil.suppression import suppress

    costs = []
    for detector, (recipe, thresholds) in DETECTORS.items():
        programs = {}
        with tempfile.TemporaryDirectory(prefix="blazemesh-tail-") as folder:
            for name, build in {"ours": suppress, "unrolled": unrolled}.items():
                path = Path(folder) / f"{name}.mlpackage"
                tail_package(recipe, thresholds, SLOTS, build, path)
                programs[name] = load_program(path)
            times = fastest(programs, crowd(len(recipe.centers())))
        operators = {name: sum(program.histogram().values()) for name, program in programs.items()}
        costs.append(TailCost(detector, operators["ours"], times["ours"], operators["unrolled"], times["unrolled"]))
    return costs


def main() -> None:
    """Print what the tails cost."""
    heads = ("detector", "operators", "unrolled", "ratio", "ms", "unrolled", "ratio")
    lines = [
        (
            cost.detector,
            f"{cost.operators}",
            f"{cost.unrolled_operators}",
            f"{cost.operators / cost.unrolled_operators:.2f}",
            f"{cost.milliseconds:.3f}",
            f"{cost.unrolled_milliseconds:.3f}",
            f"{cost.milliseconds / cost.unrolled_milliseconds:.2f}",
        )
        for cost in measure_tails()
    ]
    print(text_table(heads, lines))


if __name__ == "__main__":
    main()

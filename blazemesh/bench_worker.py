"""One side of the pipeline's benchmark: a process on one core that runs a video's frames, a block when it is told to.

    python -m blazemesh.bench_worker {blazemesh|mediapipe} FACES {mesh|attention} FRAMES.npy
    python -m blazemesh.bench_worker litert 0 MODEL,… FRAMES.npy

It writes a line of JSON after the first frame, then one for each line that it reads: see `Block`. MediaPipe's side runs
in an environment of its own, which has neither LiteRT nor the like.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
Step = Callable[[NDArray[np.uint8]], tuple[int, Mapping[str, float]]]
"""Runs the next frame: how many faces are in it, and the milliseconds of each stage."""


@dataclass(frozen=True)
class Block:
    """Frames run in one go: how many faces were seen in all of them, and each frame's milliseconds by stage.

    "total" is what the clock says, "processor" what all threads of the process worked meanwhile.
    """

    faces: int
    milliseconds: dict[str, list[float]]


def blazemesh(faces: int, mesh: str) -> Step:
    """Ours, without smoothing: MediaPipe's solutions have none."""
    from blazemesh.landmarker import FaceLandmarker

    landmarker = FaceLandmarker(max_faces=faces, mesh=mesh, backend="litert", smoothing=False)  # type: ignore[arg-type]
    now = 0.0

    def step(frame: NDArray[np.uint8]) -> tuple[int, Mapping[str, float]]:
        nonlocal now
        now += 1000 / 30
        return len(landmarker.track(frame, now)), landmarker.milliseconds

    return step


def mediapipe(faces: int, mesh: str) -> Step:
    """MediaPipe's own solution, with its defaults."""
    from mediapipe.python.solutions.face_mesh import FaceMesh

    solution = FaceMesh(max_num_faces=faces, refine_landmarks=mesh == "attention")
    return lambda frame: (len(solution.process(frame).multi_face_landmarks or []), {})


def litert(faces: int, networks: str) -> Step:
    """LiteRT's inference of each of the models and nothing else, whatever the frame: the floor, a stage a model."""
    from blazemesh.catalog import load_catalog
    from blazemesh.fetch import fetch
    from runtime.litert import inference

    catalog = load_catalog()
    models = [catalog.model(name) for name in networks.split(",")]
    files = fetch(models, catalog)
    invocations = {model.name: inference(files[model.name].read_bytes()) for model in models}

    def timed(invoke: Callable[[], None]) -> float:
        invoke()  # the one before was another model's, which the processor's cache is full of
        started = time.perf_counter()
        invoke()
        return 1000 * (time.perf_counter() - started)

    return lambda frame: (0, {name: timed(invoke) for name, invoke in invocations.items()})


def run(step: Step, frames: Frames) -> Block:
    """The frames, one after the other."""
    seen, spent = 0, []
    for frame in frames:
        started, worked = time.perf_counter(), time.process_time()
        faces, stages = step(frame)
        took, work = time.perf_counter() - started, time.process_time() - worked
        spent.append({**stages, "total": 1000 * took, "processor": 1000 * work})
        seen += faces
    return Block(seen, {stage: [each[stage] for each in spent] for stage in spent[0]})


SIDES: dict[str, Callable[[int, str], Step]] = {"blazemesh": blazemesh, "mediapipe": mediapipe, "litert": litert}


def pin() -> None:
    """Keep this process and its threads on one core, as `taskset -c` does; macOS has no such thing."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main(arguments: list[str]) -> None:
    """Serve until nobody asks any more."""
    side, faces, networks, path = arguments
    pin()
    frames = np.load(path)
    step = SIDES[side](int(faces), networks)
    _say(run(step, frames[:1]))
    for _ in sys.stdin:
        _say(run(step, frames))


def _say(block: Block) -> None:
    print(json.dumps(asdict(block)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

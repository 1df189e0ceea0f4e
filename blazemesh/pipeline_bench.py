"""What the face pipeline costs in Python, beside MediaPipe's own solutions, in one run and on one core.

Each side is a process of its own (blazemesh/bench_worker.py); they take turns, a block of the same frames each, so that
a busy moment of the machine hits all of them. What counts is the time that a tenth of the frames stay below: the
machine's other work takes the core away in the midst of many a frame, and only ever adds.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blazemesh.bench_worker import Block
from blazemesh.catalog import load_catalog
from blazemesh.errors import GateError
from blazemesh.landmarker import NETS
from blazemesh.pictures import astronaut
from blazemesh.text_table import text_table
from runtime.landmarker import STAGES
from verification.scenes import swaying

COMMAND = "python -m blazemesh.pipeline_bench"
OURS, THEIRS, FLOOR = "blazemesh", "mediapipe", "litert"
THEIR_PYTHON = Path("build/golden/bin/python")
"""Made by scripts/golden.sh: MediaPipe needs an older numpy."""
DETECTOR = "BlazeFaceShortRange"

WIDTH, HEIGHT, FRAMES = 640, 480, 15
"""The video, which ends where it begins."""
ROUNDS = 30
"""How often each side runs it, but for a first time that warms up."""
STARTS = 9
MOST_LOST = 0.05
"""More of a side's time without the core, and a row says so; some of it MediaPipe's threads wait for each other."""


@dataclass(frozen=True)
class Setting:
    """How many faces are looked for, how many there are, and the mesh network."""

    name: str
    allowed: int
    present: int
    mesh: str = "mesh"

    @property
    def models(self) -> Mapping[str, int]:
        """How often the detector and the mesh network run in a frame."""
        return {DETECTOR: int(self.present < self.allowed), NETS[self.mesh]: self.present}

    def arguments(self, side: str) -> tuple[str, str]:
        """How many faces and which networks, as blazemesh/bench_worker.py takes them."""
        return str(self.allowed), ",".join(self.models) if side == FLOOR else self.mesh


SETTINGS = (
    Setting("run/tracked_1", 1, 1),
    Setting("run/tracked_4_present_1", 4, 1),
    Setting("run/tracked_4_present_4", 4, 4),
    Setting("run/tracked_1_attention", 1, 1, "attention"),
)


@dataclass(frozen=True)
class Cost:
    """Milliseconds a frame: ours in all and of each of STAGES, MediaPipe's, LiteRT's alone for the two networks."""

    setting: Setting
    total: float
    stages: Mapping[str, float]
    theirs: float
    floor: Mapping[str, float]
    lost: float = 0.0
    """Which part of a side's time, the larger one's, its process did not have the core."""


@dataclass(frozen=True)
class Costs:
    """Of each setting; seconds from the start of a process to its first result, ours and MediaPipe's; milliseconds of
    LiteRT's inference by model. Without MediaPipe `tracked` is empty and `startup` None.
    """

    tracked: tuple[Cost, ...]
    startup: tuple[float, float] | None
    inference: Mapping[str, float]


class Side:
    """A process that runs frames; `seconds` is how long it took from its start to its first result."""

    def __init__(self, name: str, arguments: Sequence[str], frames: Path) -> None:
        python = str(THEIR_PYTHON) if name == THEIRS else sys.executable
        self._command = [python, "-m", "blazemesh.bench_worker", name, *arguments, str(frames)]
        # Modules are compiled once and kept, as usual, and not before each start.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            self._read()
        except GateError:
            self.close()
            raise
        self.seconds = time.perf_counter() - started

    def run(self) -> Block:
        """The video once."""
        with suppress(BrokenPipeError):  # reading says more
            print(file=self._process.stdin, flush=True)
        return self._read()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        with suppress(BrokenPipeError):
            self._process.communicate()

    def _read(self) -> Block:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise GateError(f"one side of the benchmark ended; to see why, run {' '.join(self._command)}")
        return Block(**json.loads(line))


@contextmanager
def sides(names: Sequence[str], setting: Setting, frames: Path) -> Iterator[dict[str, Side]]:
    """A process of each, until the block ends."""
    with ExitStack() as stack:
        found = {}
        for name in names:
            found[name] = Side(name, setting.arguments(name), frames)
            stack.callback(found[name].close)
        yield found


def turns(names: Sequence[str], setting: Setting, frames: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Each side's milliseconds a frame by stage; GateError where one doesn't see the faces that are there."""
    spent: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    with sides(names, setting, frames) as running:
        for turn in range(rounds + 1):
            for name, side in running.items():
                block = side.run()
                there = len(block.milliseconds["total"]) * setting.present
                if name != FLOOR and block.faces != there:
                    raise GateError(f"{setting.name}: {name} sees {block.faces} faces where {there} are")
                for stage, values in block.milliseconds.items() if turn else ():
                    spent[name].setdefault(stage, []).extend(values)
    return {name: {s: undisturbed(values) for s, values in stages.items()} for name, stages in spent.items()}


def undisturbed(values: Sequence[float]) -> float:
    """Their first decile."""
    return statistics.quantiles(values, n=10)[0]


def tracked(setting: Setting, frames: Path) -> Cost:
    """A setting's row."""
    found = turns((OURS, THEIRS, FLOOR), setting, frames, ROUNDS)
    runs = [count * found[FLOOR][name] for name, count in setting.models.items()]
    floor = dict(zip(("detector", "mesh"), runs, strict=True))
    stages = {stage: found[OURS][stage] for stage in STAGES}
    lost = max(1 - found[side]["processor"] / found[side]["total"] for side in (OURS, THEIRS))
    return Cost(setting, found[OURS]["total"], stages, found[THEIRS]["total"], floor, lost)


def startup(frames: Path) -> tuple[float, float]:
    """Seconds from starting a process to its first frame's faces, ours and MediaPipe's; both have run before."""
    spent: dict[str, list[float]] = {OURS: [], THEIRS: []}
    for _ in range(STARTS):
        for name, seconds in spent.items():
            with sides([name], SETTINGS[0], frames) as side:
                seconds.append(side[name].seconds)
    return undisturbed(spent[OURS]), undisturbed(spent[THEIRS])


def inference(frames: Path) -> dict[str, float]:
    """Milliseconds of LiteRT's inference alone of every model."""
    names = [model.name for model in load_catalog().models]
    with ExitStack() as stack:
        side = Side(FLOOR, ("0", ",".join(names)), frames)
        stack.callback(side.close)
        blocks = [side.run() for _ in range(4)]
    return {name: undisturbed([ms for block in blocks for ms in block.milliseconds[name]]) for name in names}


def draw(folder: Path) -> dict[int, Path]:
    """The videos as files, by how many faces are in them; 0 stands for a single frame with one."""
    photograph = astronaut()
    files = {count: folder / f"{count}.npy" for count in (0, 1, 4)}
    for count in (1, 4):
        scenes = swaying(photograph.spots[0], count, WIDTH, HEIGHT, FRAMES)
        np.save(files[count], np.stack([scene.draw(photograph.pixels) for scene in scenes]))
    np.save(files[0], np.load(files[1])[:1])
    return files


def why_no_mediapipe() -> str | None:
    """None if MediaPipe's environment is there or can be made, else the reason in a line."""
    made = subprocess.run(["sh", "scripts/golden.sh", "environment"], capture_output=True, text=True)
    lines = made.stderr.splitlines() or [f"scripts/golden.sh ended with {made.returncode}"]
    return None if made.returncode == 0 else lines[-1]


def measure_pipeline() -> Costs:
    """Everything; where MediaPipe can't be had, the reason is printed and only LiteRT alone is measured."""
    with tempfile.TemporaryDirectory(prefix="blazemesh-bench-") as folder:
        files = draw(Path(folder))
        if reason := why_no_mediapipe():
            print(f"bench: nothing beside MediaPipe: {reason}", file=sys.stderr)
            return Costs((), None, inference(files[1]))
        costs = tuple(tracked(setting, files[setting.present]) for setting in SETTINGS)
        return Costs(costs, startup(files[0]), inference(files[1]))


def stage_table(tracked: Sequence[Cost]) -> str:
    """Milliseconds a stage, what both sides can't be faster than, and which rows the machine was too busy for."""
    header = ("ms a frame", *STAGES, "total", "MediaPipe", "ratio", "LiteRT alone", "its ratio")
    lines = []
    for cost in tracked:
        floor = sum(cost.floor.values())
        figures = (*(cost.stages[stage] for stage in STAGES), cost.total, cost.theirs, cost.total / cost.theirs)
        lines.append((cost.setting.name, *(f"{value:.2f}" for value in (*figures, floor, floor / cost.theirs))))
    busy = [
        f"{cost.setting.name}: a side had no core for {cost.lost:.0%} of its time; measure again on an idle machine"
        for cost in tracked
        if cost.lost > MOST_LOST
    ]
    return "\n".join([text_table(header, lines), *busy])


def main() -> None:
    """Measure and print; one line and exit code 1 where a side fails."""
    try:
        costs = measure_pipeline()
    except GateError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        sys.exit(1)
    if costs.tracked:
        print(stage_table(costs.tracked))
    if costs.startup:
        print("start-up to the first result: {:.2f} s, MediaPipe's {:.2f} s".format(*costs.startup))
    for name, milliseconds in sorted(costs.inference.items()):
        print(f"LiteRT alone, {name}: {milliseconds:.2f} ms")


if __name__ == "__main__":
    main()

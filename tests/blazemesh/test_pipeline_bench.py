"""The pipeline's benchmark: processes that run frames in turn, and what is made of their figures."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from blazemesh import pipeline_bench
from blazemesh.bench import pipeline_rows
from blazemesh.bench_worker import run
from blazemesh.errors import GateError
from blazemesh.pictures import astronaut
from blazemesh.pipeline_bench import FLOOR, OURS, SETTINGS, Cost, Costs, Side, stage_table, startup, turns
from runtime.landmarker import STAGES
from verification.scenes import swaying


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small frames with a face in each."""
    path, photograph = tmp_path_factory.mktemp("video") / "1.npy", astronaut()
    scenes = swaying(photograph.spots[0], 1, 160, 120, 2)
    np.save(path, np.stack([scene.draw(photograph.pixels) for scene in scenes]))
    return path


def test_sides_take_turns_and_tell_every_stage(models: dict[str, Path], video: Path) -> None:
    found = turns((OURS, FLOOR), SETTINGS[1], video, rounds=2)
    assert set(found[OURS]) == {*STAGES, "total", "processor"}
    assert set(found[FLOOR]) == {"BlazeFaceShortRange", "FaceMesh", "total", "processor"}
    assert all(milliseconds > 0 for side in found.values() for milliseconds in side.values())
    assert found[OURS]["total"] > found[OURS]["mesh"]


def test_a_side_that_does_not_see_the_faces_counts_for_nothing(models: dict[str, Path], video: Path) -> None:
    with pytest.raises(GateError, match=r"run/tracked_4_present_4: blazemesh sees 2 faces where 8 are"):
        turns([OURS], SETTINGS[2], video, rounds=1)


def test_a_side_that_ends_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        GateError, match=r"ended; to see why, run .* -m blazemesh\.bench_worker blazemesh 1 mesh .*none"
    ):
        Side(OURS, ("1", "mesh"), tmp_path / "none.npy")


def test_a_side_that_is_killed_is_one_line(models: dict[str, Path], video: Path) -> None:
    side = Side(OURS, ("1", "mesh"), video)
    side._process.kill()
    side._process.wait()
    for _ in range(2):
        with pytest.raises(GateError, match="ended; to see why"):
            side.run()
    side.close()


def test_starts_are_timed_from_the_process_to_the_first_result(
    models: dict[str, Path], video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline_bench, "STARTS", 2)
    monkeypatch.setattr(pipeline_bench, "THEIRS", FLOOR)
    monkeypatch.setattr(pipeline_bench, "THEIR_PYTHON", Path(sys.executable))
    ours, theirs = startup(video)
    assert min(ours, theirs) > 0.05


def test_a_block_holds_each_frames_figures() -> None:
    counts = iter([1, 0, 2])
    block = run(lambda frame: (next(counts), {"mesh": float(frame)}), np.arange(3, dtype=np.uint8))
    assert (block.faces, block.milliseconds["mesh"]) == (3, [0.0, 1.0, 2.0])
    assert len(block.milliseconds["total"]) == 3


def test_what_a_busy_machine_adds_does_not_count() -> None:
    quiet, busy = [2.0 + i / 1000 for i in range(20)], [50.0] * 80
    assert pipeline_bench.undisturbed(quiet + busy) == pytest.approx(2.01, abs=0.01)


def test_without_mediapipe_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scripts").mkdir()
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "scripts" / "golden.sh"
    script.write_text("echo one >&2; echo golden: connect >&2; exit 2\n")
    assert pipeline_bench.why_no_mediapipe() == "golden: connect"
    script.write_text('[ "$1" = environment ]\n')
    assert pipeline_bench.why_no_mediapipe() is None
    script.write_text("exit 3\n")
    assert pipeline_bench.why_no_mediapipe() == "scripts/golden.sh ended with 3"


def test_rows_stand_beside_mediapipe_and_litert() -> None:
    stages = {"detector": 0.0, "crop": 0.5, "mesh": 1.5, "core": 0.0}
    cost = Cost(SETTINGS[0], 2.0, stages, 4.0, {"detector": 0.0, "mesh": 1.0})
    rows = {row.name: row for row in pipeline_rows(Costs((cost,), (0.2, 0.4), {"FaceMesh": 1.0}))}
    assert rows["run/tracked_1"].ratio == rows["run/startup"].ratio == 0.5
    assert (rows["run/tracked_1/mesh"].peer, rows["run/tracked_1/mesh"].ratio) == ("litert alone", 1.5)
    assert rows["run/tracked_1/crop"].peer is rows["run/tracked_1/detector"].peer is None
    assert (rows["floor/FaceMesh"].value, rows["floor/FaceMesh"].peer) == (1.0, None)
    assert list({row.name: row for row in pipeline_rows(Costs((), None, {"FaceMesh": 1.0}))}) == ["floor/FaceMesh"]
    assert "0.50" in stage_table([cost])
    assert "0.25" in stage_table([cost])


def test_a_busy_machine_is_told() -> None:
    cost = Cost(SETTINGS[0], 2.0, dict.fromkeys(STAGES, 0.5), 4.0, {"mesh": 1.0}, lost=0.3)
    said = "run/tracked_1: a side had no core for 30% of its time; measure again on an idle machine"
    assert stage_table([cost]).splitlines()[-1] == said
    assert "measure again" not in stage_table([replace(cost, lost=0.01)])


def test_the_rows_have_the_names_that_scripts_know() -> None:
    assert [setting.name for setting in SETTINGS] == [
        "run/tracked_1",
        "run/tracked_4_present_1",
        "run/tracked_4_present_4",
        "run/tracked_1_attention",
    ]

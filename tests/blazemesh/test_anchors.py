"""`blazemesh anchors`."""

from pathlib import Path

import numpy as np
import pytest

from blazemesh.anchors import anchor_table
from pipelines.anchors import FULL_RANGE, SHORT_RANGE
from tests.conftest import Command

COUNTS = {"short": 896, "full": 2304}


@pytest.mark.parametrize("detector", COUNTS)
def test_a_table_of_centres_and_sizes(detector: str) -> None:
    table = anchor_table(detector)
    assert table.shape == (COUNTS[detector], 4)
    assert table.dtype == np.float32
    np.testing.assert_array_equal(table[:, :2], {"short": SHORT_RANGE, "full": FULL_RANGE}[detector].centers())
    np.testing.assert_array_equal(table[:, 2:], 1)


@pytest.mark.parametrize("detector", COUNTS)
def test_they_are_printed_with_every_digit(detector: str, command: Command) -> None:
    done = command("anchors", detector)
    assert done.code == 0
    printed = np.array([line.split() for line in done.out.splitlines()], np.float32)
    np.testing.assert_array_equal(printed, anchor_table(detector))


def test_they_are_written_for_numpy(tmp_path: Path, command: Command) -> None:
    done = command("anchors", "short", "--npy", tmp_path / "anchors.npy")
    assert (done.code, done.out) == (0, "")
    np.testing.assert_array_equal(np.load(tmp_path / "anchors.npy"), anchor_table("short"))


def test_another_suffix_is_refused(tmp_path: Path, command: Command) -> None:
    done = command("anchors", "full", "--npy", tmp_path / "anchors.txt")
    assert done.code == 2
    assert "expected an output that ends in .npy" in done.line
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path, command: Command) -> None:
    done = command("anchors", "full", "--npy", tmp_path / "nowhere" / "anchors.npy")
    assert done.code == 2
    assert "does not exist" in done.line

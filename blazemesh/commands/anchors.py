"""`blazemesh anchors`."""

import argparse
from pathlib import Path
from typing import Any

from blazemesh.commands.parsing import new_command
from blazemesh.errors import DONE
from blazemesh.terminal import print_text, progress


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "anchors",
        run,
        "print a detector's anchors, a line each: x_center, y_center, width, height, in shares of the picture",
        "blazemesh anchors short --npy anchors.npy",
    )
    command.add_argument("detector", choices=["short", "full"], help="896 anchors, or 2304")
    command.add_argument("--npy", type=Path, metavar="OUT", help="write them as numpy's float32 [anchors, 4] instead")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.anchors import anchor_table, write_anchors

    if options.npy is None:
        print_text(
            "\n".join(" ".join(f"{value:.9g}" for value in row) for row in anchor_table(options.detector).tolist())
        )
    else:
        write_anchors(options.detector, options.npy)
        progress(f"{options.npy}: written")
    return DONE

"""`blazemesh demo`."""

import argparse
from pathlib import Path
from typing import Any

from blazemesh.commands.parsing import new_command
from blazemesh.errors import DONE
from blazemesh.options import PACKAGES
from blazemesh.terminal import print_text


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "demo",
        run,
        "draw the astronaut's detection, mesh and irises, computed by the saved packages",
        "blazemesh demo --packages build/coreml -o build/demo.png",
    )
    command.add_argument("--packages", type=Path, default=PACKAGES, metavar="DIR", help=f"default: {PACKAGES}")
    command.add_argument("-o", "--output", type=Path, default=Path("build/demo.png"), help="default: build/demo.png")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.demo import write_demo

    demo = write_demo(options.packages, options.output)
    print_text(f"{demo.path}: {demo.faces} face, presence {demo.presence:.3f}")
    return DONE

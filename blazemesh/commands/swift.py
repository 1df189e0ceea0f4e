"""`blazemesh swift`."""

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
        "swift",
        run,
        "render the Swift package for the packages that were built",
        "blazemesh swift --packages build/coreml --out build/swift",
    )
    command.add_argument("--packages", type=Path, default=PACKAGES, metavar="DIR", help=f"default: {PACKAGES}")
    command.add_argument("--out", type=Path, default=Path("build/swift"), metavar="DIR", help="default: build/swift")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.swift_package import write_swift

    changed = write_swift(options.packages, options.out)
    print_text(f"{options.out / 'BlazeMesh'}: {len(changed)} files changed")
    return DONE

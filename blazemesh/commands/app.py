"""`blazemesh app`."""

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
        "app",
        run,
        "render the sample app's Xcode project",
        "blazemesh app --packages build/coreml --out ios_app",
    )
    command.add_argument("--packages", type=Path, default=PACKAGES, metavar="DIR", help=f"default: {PACKAGES}")
    command.add_argument("--out", type=Path, default=Path("ios_app"), metavar="DIR", help="default: ios_app")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.app_project import write_app

    changed = write_app(options.packages, options.out)
    print_text(f"{options.out}: {len(changed)} files changed")
    return DONE

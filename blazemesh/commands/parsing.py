"""What the commands' parsers share."""

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from blazemesh.errors import BAD_INPUT
from blazemesh.terminal import say


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line; subcommands' parsers are of the same class."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        say(f"error: {' '.join(message.split())}; see {self.prog} --help")
        sys.exit(BAD_INPUT)


def new_command(commands: Any, name: str, run: Any, help_: str, example: str) -> argparse.ArgumentParser:
    """The parser of a command: `run` takes its options and gives the exit code."""
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_,
        description=help_[0].upper() + help_[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    return command


def add_models(command: argparse.ArgumentParser) -> None:
    """--models."""
    command.add_argument("--models", type=Path, metavar="DIR", help="take the .tflite files from DIR, download nothing")


def add_json(command: argparse.ArgumentParser) -> None:
    """--json."""
    command.add_argument("--json", action="store_true", help="print one JSON document instead")


def add_expand_prelu(command: argparse.ArgumentParser) -> None:
    """--expand-prelu."""
    command.add_argument(
        "--expand-prelu", action="store_true", help="write PReLU as relu(x) - slope * relu(-x) (rdar://92175249)"
    )

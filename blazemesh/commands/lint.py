"""`blazemesh lint`."""

import argparse
from pathlib import Path
from typing import Any

from blazemesh.commands.parsing import add_json, new_command
from blazemesh.errors import DONE, GATE_FAILED, InputError
from blazemesh.terminal import print_json, print_text


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "lint",
        run,
        "check a package for what Core ML's compiler would refuse, and what keeps it from the Neural Engine",
        "blazemesh lint build/coreml/FaceMesh.mlpackage",
    )
    command.add_argument("package", type=Path, metavar="PACKAGE")
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from verification.lint.linter import lint

    report = lint(options.package)
    if unreadable := [finding for finding in report.findings if finding.rule == "readable"]:
        raise InputError(f"{options.package}: {unreadable[0].message}")
    if options.json:
        print_json(report.to_json())
    else:
        print_text(report.to_text())
    return DONE if report.passed else GATE_FAILED

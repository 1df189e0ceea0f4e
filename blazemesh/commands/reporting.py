"""A verdict on standard output."""

from typing import Any

from blazemesh.errors import DONE, GATE_FAILED
from blazemesh.terminal import print_json, print_text, progress, say


def report(verdict: Any, as_json: bool, prefix: str = "") -> int:
    """Print a verdict; the exit code that it means."""
    from dataclasses import asdict

    from blazemesh.manifest import PARITY_HEADER, parity_cells
    from blazemesh.text_table import text_table

    if as_json:
        print_json({**asdict(verdict), "passed": verdict.passed})
    else:
        print_text(text_table(PARITY_HEADER, [parity_cells(asdict(row)) for row in verdict.rows]))
        for note in verdict.notes:
            print_text(f"note: {note}")
    for failure in verdict.failures:
        say(f"failed: {failure}")
    if verdict.passed:
        progress(f"{prefix}agrees with its original")
    return DONE if verdict.passed else GATE_FAILED

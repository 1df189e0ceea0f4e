"""What a step found: its verdict, why, and its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["held", "failed", "skipped"]
Row = Mapping[str, Any]
"""Figures of one package, output or unit, as docs/mac.md describes them; most have a verdict of their own."""


@dataclass(frozen=True)
class Outcome:
    """A step's verdict, the reason where it is not "held", and its rows."""

    verdict: Verdict
    reason: str = ""
    rows: tuple[Row, ...] = ()


def failed(reason: str, rows: Sequence[Row] = ()) -> Outcome:
    """What was looked at does not hold."""
    return Outcome("failed", reason, tuple(rows))


def skipped(reason: str, rows: Sequence[Row] = ()) -> Outcome:
    """Nothing was looked at."""
    return Outcome("skipped", reason, tuple(rows))


def not_understood(what: str) -> str:
    """The reason where a command ended well and said something else than expected: nothing is known then."""
    return f"not understood: {what}"


def summed(rows: Sequence[Row]) -> Outcome:
    """One verdict for rows that have one each: failed where one is, skipped where all are, with the first reason."""
    for verdict in ("failed", "skipped"):
        those = [row for row in rows if row["verdict"] == verdict]
        if those and (verdict == "failed" or len(those) == len(rows)):
            more = f" (and {len(those) - 1} more)" if len(those) > 1 else ""
            return Outcome(verdict, f"{those[0]['package']}: {those[0]['reason']}{more}", tuple(rows))
    if not rows:
        return failed("there was nothing to look at")
    return Outcome("held", "", tuple(rows))

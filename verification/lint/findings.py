"""What the linter says of a package."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning"]

_SEVERITY_ORDER: tuple[Severity, ...] = ("error", "warning")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what was found, what was expected, what to do, in one line.

    `count` says how often the rule said the same; `place` is then the first one.
    """

    rule: str
    severity: Severity
    place: str
    message: str
    count: int = 1

    @property
    def places(self) -> str:
        """The first place, and how many more there are."""
        return self.place if self.count == 1 else f"{self.place} and {self.count - 1} more"


@dataclass(frozen=True)
class Report:
    """All findings, errors first, and the rules that could not run."""

    package: Path
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return self._count("error")

    @property
    def warnings(self) -> int:
        """How many of the findings are warnings."""
        return self._count("warning")

    @property
    def passed(self) -> bool:
        """Whether every rule ran and none found an error; warnings pass."""
        return not self.errors and not self.unchecked

    def to_json(self) -> dict[str, Any]:
        """The report as a document for `json.dumps`."""
        return {
            "package": str(self.package),
            "passed": self.passed,
            "errors": self.errors,
            "warnings": self.warnings,
            "findings": [
                {
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "place": finding.place,
                    "message": finding.message,
                    "count": finding.count,
                }
                for finding in self.findings
            ],
            "unchecked": list(self.unchecked),
        }

    def to_text(self) -> str:
        """A table, one line a finding, and a closing line with the counts."""
        rows = [(f.severity, f.rule, f.places, f.message) for f in self.findings]
        lines = list(_table(("severity", "rule", "place", "message"), rows)) if rows else []
        if self.unchecked:
            lines.append(f"not checked: {', '.join(self.unchecked)}")
        return "\n".join((*lines, f"{_plural(self.errors, 'error')}, {_plural(self.warnings, 'warning')}"))

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)


def grouped(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """Errors before warnings, else in order; what a rule says more than once is one finding with its count."""
    firsts: dict[tuple[str, Severity, str], Finding] = {}
    counts: Counter[tuple[str, Severity, str]] = Counter()
    for finding in findings:
        key = (finding.rule, finding.severity, finding.message)
        firsts.setdefault(key, finding)
        counts[key] += finding.count
    merged = (Finding(f.rule, f.severity, f.place, f.message, counts[key]) for key, f in firsts.items())
    return tuple(sorted(merged, key=lambda finding: _SEVERITY_ORDER.index(finding.severity)))


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns aligned on the left, the last one as long as it is."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    for row in (header, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)]
        yield "  ".join((*cells, row[-1])).rstrip()


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"

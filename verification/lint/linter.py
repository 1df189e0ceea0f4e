"""Runs the rules on a package, and lists them for the documentation."""

from collections.abc import Iterator
from pathlib import Path

import verification.lint.rules  # noqa: F401 — registers the rules
from verification.lint.findings import Finding, Report, grouped
from verification.lint.package import Package
from verification.lint.registry import Rule, registered


def lint(path: str | Path) -> Report:
    """What Core ML's compiler would refuse in the .mlpackage at `path`.

    Never raises: a package that can't be read is a finding, as is a rule that breaks off.
    """
    package = Package(Path(path))
    findings: list[Finding] = []
    unchecked: list[str] = []
    for rule in registered():
        failed = {finding.rule for finding in findings if finding.severity == "error"}
        if package.reaches(rule.stage) and failed.isdisjoint(rule.after):
            findings.extend(_run(rule, package))
        else:
            unchecked.append(rule.id)
    return Report(package.path, grouped(iter(findings)), tuple(unchecked))


def list_rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they run."""
    return registered()


def rules_table() -> str:
    """The rules as a Markdown table, for docs/lint.md."""
    rows = [f"| `{rule.id}` | {rule.severity} | {rule.summary} | {rule.source} |" for rule in registered()]
    return "\n".join(("| rule | severity | what and why | source |", "|---|---|---|---|", *rows, ""))


def _run(rule: Rule, package: Package) -> Iterator[Finding]:
    try:
        for place, message in rule.check(package):
            yield Finding(rule.id, rule.severity, place, _one_line(message))
    except Exception as error:  # a mistake in a rule must not hide what the others found
        reason = f"the rule broke off, please report it: {type(error).__name__}: {_one_line(str(error))}"
        yield Finding(rule.id, "error", "package", reason)


def _one_line(text: str) -> str:
    return " ".join(text.split())

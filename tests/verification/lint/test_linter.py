import json
import re
from pathlib import Path
from typing import Any

import pytest

from verification.lint.linter import lint, list_rules, rules_table

ROOT = Path(__file__).parents[3]
PACKAGES = sorted((ROOT / "build/coreml").glob("*.mlpackage"))


def test_a_sound_package_has_no_findings(sound: Path) -> None:
    report = lint(sound)
    assert report.to_text() == "0 errors, 0 warnings"
    assert report.passed
    assert not report.unchecked


@pytest.mark.skipif(not PACKAGES, reason="no packages in build/coreml: make coreml builds them")
@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.stem)
def test_the_built_packages_pass(path: Path) -> None:
    report = lint(path)
    assert report.passed, report.to_text()


def test_what_is_nothing_or_a_file_is_one_error(tmp_path: Path) -> None:
    file = tmp_path / "Face.mlpackage"
    for path, found in ((file, "nothing"), (file, "a file")):
        report = lint(path)
        assert [finding.rule for finding in report.findings] == ["readable"]
        assert found in report.findings[0].message
        assert len(report.unchecked) == len(list_rules()) - 1
        assert not report.passed
        file.write_bytes(b"")


def test_rules_of_earlier_stages_run_on_a_package_that_breaks_off(lab: Any) -> None:
    lab.manifest(lambda manifest: manifest.update(fileFormatVersion="2.0.0"))
    (lab.path / "Data/com.apple.CoreML/model.mlmodel").write_bytes(b"\xff")
    report = lab.lint()
    assert {"readable", "manifest-version"} == {finding.rule for finding in report.findings}
    assert "operators" in report.unchecked
    assert "manifest-items" not in report.unchecked


def test_a_rule_waits_for_those_that_it_comes_after(lab: Any) -> None:
    lab.operation("relu", lambda message: setattr(message, "type", "rectify"))
    report = lab.lint()
    assert report.unchecked == ("reinference",)
    assert [finding.rule for finding in report.findings if finding.severity == "error"] == ["operators"]


def test_repeated_findings_are_one_with_a_count(lab: Any) -> None:
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

    def network(x: Any) -> Any:
        for _ in range(5):
            x = mb.relu(x=x)
        return x

    lab.build(network, (1, 2))
    report = lab.lint()
    (finding,) = report.findings
    assert (finding.rule, finding.count) == ("ane-float32", 5)
    assert report.warnings == 1
    assert re.search(r"^warning +ane-float32 +relu '\w+' and 4 more  found", report.to_text(), re.MULTILINE)


def test_the_report_is_a_table_and_json(lab: Any) -> None:
    lab.specification(lambda model: model.description.metadata.ClearField("author"))
    lab.operation("relu", lambda message: message.inputs["x"].arguments.pop())
    report = lab.lint()
    lines = report.to_text().splitlines()
    assert lines[0].split() == ["severity", "rule", "place", "message"]
    assert lines[1].startswith("error     parameters")
    assert lines[2].startswith("warning   metadata")
    assert lines[-2] == "not checked: reinference"
    assert lines[-1] == "1 error, 1 warning"
    document = json.loads(json.dumps(report.to_json()))
    assert (document["passed"], document["errors"], document["warnings"]) == (False, 1, 1)
    assert set(document["findings"][0]) == {"rule", "severity", "place", "message", "count"}


def test_reports_are_the_same_every_time(lab: Any) -> None:
    lab.specification(lambda model: model.description.ClearField("metadata"))
    lab.manifest(lambda manifest: [entry.pop("name") for entry in manifest["itemInfoEntries"].values()])
    assert lab.lint().to_json() == lab.lint().to_json()


def test_findings_are_single_lines(lab: Any) -> None:
    lab.specification(lambda model: model.description.metadata.userDefined.update({"com.blazemesh.source": "\n\n{"}))
    (finding,) = lab.lint().findings
    assert len(finding.message.splitlines()) == 1


def test_every_rule_says_what_it_refuses_and_names_its_source() -> None:
    assert len({rule.id for rule in list_rules()}) == len(list_rules())
    for rule in list_rules():
        assert rule.summary.endswith("."), rule.id
        assert len(rule.source) > 10, rule.id


def test_the_documentation_lists_the_rules() -> None:
    document = (ROOT / "docs/lint.md").read_text(encoding="utf-8")
    assert rules_table() in document, (
        "docs/lint.md is out of date: put in what verification.lint.linter.rules_table() gives"
    )


def test_links_are_not_followed(lab: Any, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x" * 100)
    (lab.path / "loop").symlink_to(lab.path)
    (lab.path / "Data/com.apple.CoreML/weights/weight.bin").unlink()
    (lab.path / "Data/com.apple.CoreML/weights/weight.bin").symlink_to(tmp_path / "secret")
    report = lab.lint()
    assert not report.passed
    assert any("link out of the package" in finding.message for finding in report.findings)

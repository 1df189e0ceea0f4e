"""build/report.html: what it shows of manifest, benchmark and the Mac's run, and what it refuses."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from blazemesh import report as module
from blazemesh.catalog import load_catalog
from blazemesh.errors import InputError
from blazemesh.mac.document import Document, Step
from blazemesh.mac.readme import ROWS
from blazemesh.mac.standing import Standing
from blazemesh.manifest import Manifest, read_manifest
from blazemesh.report import main, read_bench, report
from tests.blazemesh.mac.fakes import figures
from tests.blazemesh.pages.markup import unbalanced

BENCH: dict[str, Any] = {
    "machine": "A machine",
    "when": "2026-11-21T10:00:00+00:00",
    "rows": [
        {"name": "build_cold", "value": 21.2, "unit": "s", "peer": "convert", "peer_value": 20.0, "ratio": 1.06}
        | {"command": "blazemesh build --force"},
        {"name": "floor/x", "value": 1, "unit": "ms", "peer": None, "peer_value": None, "ratio": None, "command": "y"},
    ],
}
NO_MAC = Standing(None)


@pytest.fixture(scope="module")
def manifest(built: Path) -> Manifest:
    return read_manifest(built)


@pytest.fixture(scope="module")
def page(manifest: Manifest) -> str:
    return report(manifest, load_catalog(), BENCH, NO_MAC)


def test_every_package_is_shown_with_its_figures(manifest: Manifest, page: str) -> None:
    for entry in manifest.models:
        assert f'<h2 id="{entry["name"]}">' in page
        assert entry["sha256"] in page
        assert f"{entry['bytes']:,}" in page
        for feature in (*entry["inputs"], *entry["outputs"]):
            assert f"<code>{feature['name']}</code>" in page
        for row in (*entry["parity"], *entry["network"]):
            assert f'<td class="number">{row["max"]:.1e}</td>' in page or row["max"] == 0
    assert page.count("<td>float16</td>\n") >= sum(len(entry["outputs"]) for entry in manifest.models)


def test_sources_are_shown_with_hash_and_licence(page: str) -> None:
    for model in load_catalog().models:
        assert model.sha256 in page
        assert f"<td>{model.author}</td>" in page
    assert page.count("<td>Apache-2.0</td>") == len(load_catalog().models)


def test_benchmarks_have_their_ratio(page: str) -> None:
    assert "A machine, 2026-11-21T10:00:00+00:00." in page
    assert '<td class="number">21.2</td><td>s</td>\n<td>convert</td>' in page
    assert '<td class="number">1.06</td>' in page


def test_without_a_mac_it_says_never_yet(page: str) -> None:
    assert page.count("<td>never yet</td>") == len(load_catalog().products) + len(ROWS)
    assert "No Mac has run make mac yet." in page
    assert "Everything that only Apple's own software can say" in page


def test_a_mac_s_word_is_shown_and_its_age(manifest: Manifest) -> None:
    rows = tuple(figures(entry["name"]) for entry in manifest.models)
    machine = Step("machine", "m", "m", 1.0, "held", "", ({"model": "Mac15,12", "macos": "26.1"},))
    predict = Step("predict/CPU_ONLY", "p", "p", 1.0, "held", "", rows)
    document = Document("2026-12-01T10:00:00+00:00", None, {}, (machine, predict))
    found = Standing(document)
    text = report(manifest, load_catalog(), None, found)
    assert text.count("held on 2026-12-01 (CPU_ONLY)") == len(manifest.models)
    assert "held on 2026-12-01, 9 of 9" in text
    assert "Mac15,12" in text
    stale = report(manifest, load_catalog(), None, replace(found, stale=True))
    assert "held on 2026-12-01 for other bytes (CPU_ONLY)" in stale
    assert "the committed result of make mac is of other packages" in stale


def test_an_unverified_output_is_listed_with_its_reason(manifest: Manifest) -> None:
    missing = {"output": "landmarks", "reason": "not compared in float16 arithmetic"}
    changed = Manifest(({**manifest.models[0], "unverified": [missing]}, *manifest.models[1:]))
    text = report(changed, load_catalog(), None, NO_MAC)
    assert "<code>landmarks</code>: not compared in float16 arithmetic" in text
    assert "Of the packages' outputs none" not in text
    assert "Of the packages' outputs none" in report(manifest, load_catalog(), None, NO_MAC)
    assert "Not measured: there is no build/bench.json" in text


def test_the_same_inputs_give_the_same_page_that_needs_nothing_else(manifest: Manifest, page: str) -> None:
    assert report(manifest, load_catalog(), BENCH, NO_MAC) == page
    assert unbalanced(page) == []
    assert not re.search(r"src=|url\(|@import|https?:|href=\"[^#]", page)


def test_a_name_is_never_markup(manifest: Manifest) -> None:
    evil = {**manifest.models[0], "notes": ["<script>alert(1)</script>"], "target": '"><script>'}
    assert "<script" not in report(Manifest((evil,)), load_catalog(), None, NO_MAC)


@pytest.mark.parametrize(
    "change",
    [{"outputs": [{}]}, {"inputs": [3]}, {"parity": [{"max": "x"}]}, {"source": ["x"]}, {"source": [{}]}],
)
def test_a_manifest_of_other_entries_is_one_line(manifest: Manifest, change: dict[str, Any]) -> None:
    broken = Manifest(({**manifest.models[0], **change},))
    with pytest.raises(InputError, match="the manifest's packages are not what make coreml writes"):
        report(broken, load_catalog(), None, NO_MAC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "[" * 100_000, json.dumps({**BENCH, "rows": [{}]}), json.dumps({**BENCH, "machine": 3})),
        json.dumps({**BENCH, "rows": [{name: each for name, each in BENCH["rows"][0].items() if name != "ratio"}]}),
    ],
)
def test_a_broken_benchmark_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bench.json"
    assert read_bench(path) is None
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_bench(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


def test_the_command_writes_the_page(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("report: cannot open 'build/coreml/manifest.json': ")
    assert line.endswith("run `make coreml`")
    assert main([str(built)]) == 0
    first = module.OUT.read_bytes()
    assert main([str(built)]) == 0
    assert module.OUT.read_bytes() == first
    half = json.loads((built / "manifest.json").read_bytes())
    half["models"][0]["notes"] = ["\ud800"]
    (tmp_path / "manifest.json").write_text(json.dumps(half))
    assert main([str(tmp_path)]) == 0
    (tmp_path / "build" / "bench.json").write_text("{")
    capsys.readouterr()
    assert main([str(built)]) == 2
    assert capsys.readouterr().err.startswith("report: build/bench.json: no JSON")

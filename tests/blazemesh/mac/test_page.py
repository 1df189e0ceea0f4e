"""build/mac.html: what it shows, that it needs nothing else, and that nothing is taken for markup."""

import re
from dataclasses import replace

import pytest

from blazemesh.mac import __main__ as command
from blazemesh.mac.document import Document, Step, read_document
from blazemesh.mac.page import page
from tests.blazemesh.mac.conftest import Place
from tests.blazemesh.mac.fakes import HOSTED, ended
from tests.blazemesh.pages.markup import unbalanced


@pytest.fixture
def whole(place: Place) -> Document:
    command.run(place().runner)
    document = read_document(command.OUT)
    assert document is not None
    return replace(document, when="2026-12-01T10:00:00+00:00")


def test_it_shows_what_every_step_found(whole: Document) -> None:
    text = page(whole)
    for step in whole.steps:
        assert f"<td>{step.title.replace(chr(39), '&#39;')}</td>" in text
    for shown in ("Mac15,12 (Apple M3)", "CPU_AND_NE", "5.0e-04", "1.8e-03", "ios16.conv", "not told", "0.91"):
        assert shown in text
    assert "operators that leave the Neural Engine" in text
    assert text.count("<table>") >= 9
    assert unbalanced(text) == []


def test_it_needs_no_other_file_and_no_network(whole: Document) -> None:
    text = page(whole)
    assert not re.search(r"(src|href)=|url\(|@import|https?:", text)
    assert page(whole) == text


def test_a_stopped_run_is_a_page_too(whole: Document) -> None:
    for count in range(len(whole.steps) + 1):
        text = page(replace(whole, steps=whole.steps[:count], stopped="swift: interrupted"))
        assert "It stopped in swift: interrupted." in text


def test_failed_and_skipped_steps_say_why(place: Place) -> None:
    command.run(place(**HOSTED, app=ended("error: <no> & never", code=65), compile=ended("x", code=1)).runner)
    text = command.PAGE.read_text(encoding="utf-8")
    assert '<span class="failed">failed</span>' in text
    assert "xcodebuild build ended with exit code 65: error: &lt;no&gt; &amp; never" in text
    assert "there is no compiled package to plan" in text
    assert "<no>" not in text


def test_a_step_s_words_are_never_markup() -> None:
    evil = "<script>alert(1)</script>"
    step = Step("swift", evil, evil, 1.0, "failed", evil, ({"tests": 0, "warnings": [evil]},))
    text = page(Document("2026-12-01", None, {}, (step,)))
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 5

"""Templates: escaped, strict, and figures as people read them."""

import pytest
from jinja2 import UndefinedError

from blazemesh.pages.render import error, figure, grouped, render
from tests.blazemesh.pages.markup import unbalanced


def test_a_value_that_is_not_given_is_refused() -> None:
    with pytest.raises(UndefinedError):
        render("base.html.jinja")


def test_values_are_escaped() -> None:
    assert "<title>a &lt;b&gt; &amp; c</title>" in render("base.html.jinja", title="a <b> & c")


def test_both_schemes_are_declared() -> None:
    text = render("base.html.jinja", title="x")
    assert '<meta name="color-scheme" content="light dark">' in text
    assert "prefers-color-scheme: dark" in text


def test_markup_that_is_not_whole_is_found() -> None:
    assert unbalanced(render("base.html.jinja", title="x")) == []
    assert unbalanced("<p><b>x</p>") == ["</p> in line 1", "p"]
    assert unbalanced("<table><tr></tr>") == ["table"]


def test_figures() -> None:
    assert [error(value) for value in (None, 0, 0.0, 1.23e-4, 5)] == ["–", "0", "0", "1.2e-04", "5.0e+00"]
    assert [figure(v) for v in (None, 0.205123, 21.2, 999.9, 1306743.0)] == ["", "0.2051", "21.2", "999.9", "1,306,743"]
    assert [grouped(value) for value in (None, 0, 1234567)] == ["–", "0", "1,234,567"]

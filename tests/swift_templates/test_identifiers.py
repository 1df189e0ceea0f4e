import pytest

from swift_templates.errors import RenderError
from swift_templates.identifiers import KEYWORDS, checked, distinct, member


@pytest.mark.parametrize(
    ("name", "constant"),
    [("FaceMesh", "faceMesh"), ("URLModel", "urlModel"), ("URL", "url"), ("x", "x"), ("X", "x"), ("A2B", "a2B")],
)
def test_a_constant_begins_in_lower_case(name: str, constant: str) -> None:
    assert member(name, "a model") == constant


@pytest.mark.parametrize("name", ["", "1st", "a b", "a-b", "_x", "naïve", "a\n", 'x"; import Foundation', "x`"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(RenderError, match=r"a model is called .*; expected letters and digits"):
        checked(name, "a model")


@pytest.mark.parametrize("name", ["Class", "class", "Self", "In", "True"])
def test_keywords_are_refused(name: str) -> None:
    assert {"class", "self", "in", "true"} <= KEYWORDS
    with pytest.raises(RenderError, match="a keyword of Swift"):
        member(name, "a model")


def test_names_differ() -> None:
    distinct(["a", "b"], ["c"], "the model")
    with pytest.raises(RenderError, match="the model 'b' is there already"):
        distinct(["a", "b", "b"], [], "the model")
    with pytest.raises(RenderError, match="the model 'a' is there already"):
        distinct(["a"], ["a"], "the model")

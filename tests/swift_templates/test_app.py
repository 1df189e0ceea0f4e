import pytest

from swift_templates.app import MODELS, render_app
from swift_templates.errors import RenderError
from swift_templates.xcode_project import old_style

ENTRIES = [{"name": name} for name in MODELS]


def test_the_same_models_give_the_same_files() -> None:
    assert render_app(ENTRIES) == render_app([*reversed(ENTRIES), {"name": "Another"}])


def test_no_template_is_left_over() -> None:
    files = render_app(ENTRIES)
    assert not [path for path in files if path.endswith(".jinja")]
    assert not [path for path, data in files.items() if not path.endswith(".png") and (b"{{" in data or b"{%" in data)]


@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_the_app_uses_is_asked_for(model: str) -> None:
    with pytest.raises(RenderError) as caught:
        render_app([{"name": name} for name in MODELS if name != model])
    assert str(caught.value) == f"manifest.json has no {model}; the sample app needs it: run `make coreml`"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("YES", "YES"),
        ("../build/a_b.c", "../build/a_b.c"),
        ("a b", '"a b"'),
        ("$(X)", '"$(X)"'),
        ("", '""'),
        ("-Onone", '"-Onone"'),
        ('a"\\b\n', r'"a\"\\b\n"'),
        (("a", "$(b)"), '(\n\t\t\ta,\n\t\t\t"$(b)",\n\t\t)'),
    ],
)
def test_values_are_written_as_xcode_does(value: str | tuple[str, ...], text: str) -> None:
    assert old_style(value, 2) == text

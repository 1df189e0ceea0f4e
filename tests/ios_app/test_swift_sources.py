import pytest

from tests.ios_app.swift_sources import code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let a = 1 // UserDefaults\nlet b", "let a = 1 \nlet b"),
        ("a /* x /* UserDefaults */ y */ b", "a  b"),
        ('let url = "https://example.com" // c', 'let url = "https://example.com" '),
        ('"a \\" // b" /* c */ d', '"a \\" // b"  d'),
        ('#"a " // b"# // c', '#"a " // b"# '),
        ('"""\n// kept "x"\n""" // c', '"""\n// kept "x"\n""" '),
        ('/* "unclosed */ UserDefaults', " UserDefaults"),
        ("a /* never closed", "a "),
    ],
)
def test_comments_go_and_literals_stay(text: str, expected: str) -> None:
    assert code(text) == expected

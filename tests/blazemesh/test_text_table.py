import pytest

from blazemesh.text_table import text_table


def test_columns_are_aligned_and_numbers_stand_to_the_right() -> None:
    assert text_table(("name", "bytes"), [("a", "1,234"), ("longer", "5")]) == (
        "name    bytes\n------  -----\na       1,234\nlonger      5"
    )


def test_a_column_with_words_stands_to_the_left() -> None:
    assert text_table(("x", "y"), [("1", "word"), ("2", "10")]).splitlines()[2:] == ["1  word", "2  10"]


def test_empty_cells_do_not_make_words_of_numbers() -> None:
    assert text_table(("x", "size"), [("a", "10"), ("", ""), ("b", "5")]).splitlines()[-1] == "b     5"


def test_a_table_without_lines_is_its_header() -> None:
    assert text_table(("one", "two"), []) == "one  two\n---  ---"


def test_a_line_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="argument"):
        text_table(("one", "two"), [("1",)])

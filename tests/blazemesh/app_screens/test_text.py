import numpy as np
import pytest

from blazemesh.app_screens.text import read

HEAD = "view 393.00 852.00\ncut 43.12 0.00 43.13 0.00\n"


def test_commands_are_read() -> None:
    text = "point 1.00 -2.50 3.00 ff000080\nline 1.00 2.00 3.00 4.00 1.50 00ff00ff\ntriangle 1 2 3 4 5 6 0000ffff"
    drawing = read(HEAD + text)
    assert (drawing.view, drawing.cut) == ((393, 852), (43.12, 0, 43.13, 0))
    point, line, triangle = drawing.commands
    assert (point.size, point.colour, point.points.tolist()) == (3.0, (255, 0, 0, 128), [[1, -2.5]])
    assert (line.size, line.points.tolist()) == (1.5, [[1, 2], [3, 4]])
    assert (triangle.size, triangle.points.tolist()) == (0, [[1, 2], [3, 4], [5, 6]])
    assert np.array_equal(drawing.of((0, 255, 0, 255)), line.points)


def test_what_is_drawn_at_once_follows_each_other_in_one_colour_and_size() -> None:
    red, blue = "line 1 2 3 4 1.50 ff0000ff\n", "line 1 2 3 4 1.50 0000ffff\n"
    thick = "line 1 2 3 4 2.00 0000ffff\n"
    assert [len(run) for run in read(HEAD + red + red + blue + thick + thick + red).runs] == [2, 1, 2, 1]


@pytest.mark.parametrize(
    "line", ["circle 1 2 3 ff0000ff", "line 1 2 3 4 ff0000ff", "point 1 2 3 red", "point 1 2 x 00000000"]
)
def test_what_is_no_command_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(HEAD + line)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a view"):
        read("cut 1 2\nview 1 2 3 4\n")

import pickle

import pytest

from converters.errors import ConversionError


@pytest.mark.parametrize("name", ["two\nlines", "\x1b[31mred", "a\ttab", "\u2028", "right\u202eleft"])
def test_a_message_is_one_line_whatever_a_file_calls_its_tensors(name: str) -> None:
    message = str(ConversionError(f"tensor '{name}' × 2 is broken"))
    assert message.isprintable()
    assert message.endswith("' × 2 is broken")


def test_comes_back_from_a_worker() -> None:
    error = pickle.loads(pickle.dumps(ConversionError("face.tflite: broken")))
    assert isinstance(error, ConversionError)
    assert str(error) == "face.tflite: broken"

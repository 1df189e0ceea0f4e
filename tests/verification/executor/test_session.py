import pytest

from verification.executor.errors import PackageError
from verification.executor.session import Session


def test_a_refused_model_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PackageError, match=r"^ONNX Runtime refuses the program: .+$"):
        Session(b"no model")
    assert capfd.readouterr().err == ""

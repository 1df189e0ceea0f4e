import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from verification.executor.errors import PackageError
from verification.executor.session import Session


def test_a_refused_model_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PackageError, match=r"^ONNX Runtime refuses the program: .+$"):
        Session(b"no model")
    assert capfd.readouterr().err == ""


SMALL = """
import numpy as np
from onnx import helper
from verification.executor.session import Session
values = [helper.make_tensor_value_info(name, 1, [1]) for name in "xy"]
graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "small", values[:1], values[1:])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
print(Session(model.SerializeToString()).run(["y"], {"x": np.ones(1, np.float32)}))
"""


def test_nothing_is_kept_in_the_users_folders(tmp_path: Path) -> None:
    """ONNX Runtime's telemetry would put a number for this computer and a database there."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", SMALL], cwd=ROOT, env=environment, capture_output=True, check=True)
    assert list(tmp_path.iterdir()) == []

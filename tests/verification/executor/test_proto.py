import subprocess
import sys

PROGRAM = """
import logging, sys
from verification.executor.proto import load_proto
load_proto()
logging.getLogger("coremltools").warning("something that matters")
"""


def test_coremltools_is_imported_without_its_noise() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert result.stdout == ""
    assert result.stderr == "something that matters\n"

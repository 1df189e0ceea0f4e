import io
import subprocess
import sys

from tests.conftest import ROOT

IMPORTED = "from blazemesh.quiet import quiet_coremltools; quiet_coremltools()"
DESTRUCTOR = """
from blazemesh.quiet import quiet_destructors
class Fails:
    def __init__(self, error): self.error = error
    def __del__(self): raise self.error
quiet_destructors()
Fails(FileNotFoundError("a temporary file"))
Fails(KeyError("a mistake"))
"""


def said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_coremltools_is_imported_without_a_word() -> None:
    assert said(IMPORTED) == ""


def test_there_are_no_bars_within_the_block_alone() -> None:
    from tqdm import tqdm  # type: ignore[import-untyped]

    from blazemesh.quiet import no_progress_bars

    inside, outside = io.StringIO(), io.StringIO()
    with no_progress_bars():
        assert list(tqdm(range(3), file=inside)) == [0, 1, 2]
    assert list(tqdm(range(3), file=outside, disable=False)) == [0, 1, 2]
    assert inside.getvalue() == ""
    assert "3/3" in outside.getvalue()


def test_a_destructor_that_fails_at_a_file_is_silent_and_another_is_not() -> None:
    told = said(DESTRUCTOR)
    assert "a temporary file" not in told
    assert "KeyError: 'a mistake'" in told

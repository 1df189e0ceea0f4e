import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from tests.converters.tflite_builder import TfliteBuilder
from verification.oracles import apart
from verification.oracles.apart import original_apart
from verification.oracles.errors import OracleError
from verification.oracles.litert import LiteRT

X = np.array([[1, 2, 3]], np.float32)


def doubling(name: str = "doubled") -> bytes:
    builder = TfliteBuilder()
    x = builder.input("x", (1, 3))
    added = builder.operator("ADD", [x, x], (1, 3), "added")
    builder.output(builder.operator("MUL", [added, builder.constant("third", [1 / 3])], (1, 3), name))
    return builder.build()


def test_it_says_what_litert_says_here() -> None:
    here = LiteRT(doubling(), "x.tflite")
    with original_apart(doubling(), "x.tflite") as there:
        assert np.array_equal(there.run({"x": X})["doubled"], here.run({"x": X})["doubled"])
        assert there.operators == here.operators
        assert there.weights_fit_float16 is here.weights_fit_float16 is False
        assert [there.name(index) for index in range(4)] == [here.name(index) for index in range(4)]
        assert np.array_equal(np.asarray(there.tensor(1)), np.asarray(here.tensor(1)))


def test_it_refuses_what_litert_refuses_and_goes_on() -> None:
    with pytest.raises(OracleError, match=r"^x\.tflite: LiteRT does not run it: [^\n]+$"):
        original_apart(b"nothing of that kind", "x.tflite").__enter__()
    with original_apart(doubling(), "x.tflite") as there:
        with pytest.raises(OracleError, match=r"^x\.tflite: input 'y' is not one of both"):
            there.run({"x": X, "y": X})
        assert there.run({"x": X})["doubled"].shape == (1, 3)


def test_a_name_that_is_no_text_is_one_line() -> None:
    data = doubling("no text").replace(b"no text", b"no\xfftext")
    said = r"^x\.tflite: LiteRT does not run it: 'utf-8' codec can't decode byte 0xff"
    with original_apart(data, "x.tflite") as there, pytest.raises(OracleError, match=said):
        there.run({"x": X})


CRASH = "import os, sys; sys.stderr.write('Segmentation fault'); os.kill(os.getpid(), 11)"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (CRASH, r"LiteRT crashed \(SIGSEGV\) on it; the model is broken, export it again"),
        ("import sys; sys.exit(3)", r"LiteRT ended \(3\) on it; the model is broken, export it again"),
        ("import time; time.sleep(60)", r"LiteRT did not answer within 0\.2 s; the model is broken"),
    ],
)
def test_a_crash_and_a_hang_are_one_line(
    program: str, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(apart, "_PROGRAM", program)
    monkeypatch.setattr(apart, "LONGEST_ANSWER", 0.2 if "sleep" in program else 60)
    with pytest.raises(OracleError, match=rf"^x\.tflite: {said}$"):
        original_apart(doubling(), "x.tflite").__enter__()
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux bounds a process's memory")
def test_more_memory_than_there_is_for_it_is_one_line() -> None:
    builder = TfliteBuilder()
    x = builder.input("x", (1,))
    shape = builder.constant("shape", [2**15, 2**15], "int32")
    builder.output(builder.operator("BROADCAST_TO", [x, shape], (2**15, 2**15), "large"))
    said = r"^x\.tflite: LiteRT (crashed|does not run it)[^\n]+$"
    with pytest.raises(OracleError, match=said), original_apart(builder.build(), "x.tflite") as there:
        there.run({"x": X[0, :1]})


KILLED = """
import os, signal, sys
from verification.oracles.apart import original_apart
with original_apart(sys.stdin.buffer.read(), "x.tflite") as there:
    print(there._process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_other_process_does_not_outlive_this_one() -> None:
    words = [sys.executable, "-c", KILLED]
    done = subprocess.run(words, input=doubling(), cwd=ROOT, capture_output=True, check=False, timeout=60)
    other = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(other, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{other}/stat").exists() and Path(f"/proc/{other}/stat").read_text().split()[2] == "Z":
            return
        subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail("it lives")


def test_nothing_is_imported_from_the_folder_that_one_is_in(tmp_path: Path) -> None:
    """A folder of models from elsewhere may hold a package called as one of ours."""
    (tmp_path / "verification").mkdir()
    (tmp_path / "verification" / "__init__.py").write_text("raise SystemExit(3)")
    (tmp_path / "x.tflite").write_bytes(doubling())
    program = (
        "import pathlib; from verification.oracles.apart import original_apart\n"
        "with original_apart(pathlib.Path('x.tflite').read_bytes(), 'x.tflite') as there: print(there.needs_delegate)"
    )
    words = [sys.executable, "-P", "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_a_limit_of_memory_that_is_there_already_is_kept(tmp_path: Path) -> None:
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 36, 1 << 36))\n"
        "from verification.oracles.apart import original_apart\n"
        "with original_apart(sys.stdin.buffer.read(), 'x.tflite') as there: print(there.needs_delegate)"
    )
    words = [sys.executable, "-P", "-c", program]
    done = subprocess.run(words, input=doubling(), capture_output=True, check=False)
    assert (done.stdout.strip(), done.returncode) == (b"False", 0), done.stderr

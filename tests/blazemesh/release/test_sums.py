import shutil
import subprocess
from pathlib import Path

import pytest

from blazemesh.errors import InputError
from blazemesh.release.sums import read_sums, write_sums

FILES = {"b.zip": b"1", "a.json": b"2"}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum on PATH")
def test_sha256sum_reads_it(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").write_bytes(write_sums(FILES))
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    ended = subprocess.run(check, cwd=tmp_path, text=True, capture_output=True, timeout=60, check=True)
    assert ended.stdout == "a.json: OK\nb.zip: OK\n"
    (tmp_path / "b.zip").write_bytes(b"3")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, timeout=60, check=False).returncode == 1


def test_what_is_written_is_read() -> None:
    assert list(read_sums(write_sums(FILES))) == ["a.json", "b.zip"]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/b", "", "-x", "x y", "x\x1b[31m"])
def test_a_line_with_a_path_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="SHA256SUMS, line 1: found "):
        read_sums(f"{'0' * 64}  {name}\n".encode())


def test_a_file_named_twice_is_refused() -> None:
    with pytest.raises(InputError, match="line 2"):
        read_sums(write_sums({"a": b""}) * 2)

import pytest

from blazemesh.errors import InputError
from blazemesh.release.lock import LOCK, build_tools, read_lock

TEXT = """# made by a program
alpha==1.0 ; python_version < '4' \\
    --hash=sha256:00
    # via blazemesh (pyproject.toml)
beta-x==2.1 \\
    --hash=sha256:01 \\
    --hash=sha256:02
    # via
    #   alpha
    #   delta
delta==4
    # via blazemesh (pyproject.toml:dev)
epsilon==5
    # via delta
gamma==3
    # via beta-x
"""


def test_what_is_needed_and_what_that_needs_are_tools_of_the_build() -> None:
    locked = read_lock(TEXT)
    assert [tool.name for tool in build_tools(locked)] == ["alpha", "beta-x", "gamma"]
    assert (locked["beta-x"].version, locked["beta-x"].parents) == ("2.1", ("alpha", "delta"))


def test_the_projects_own_lock() -> None:
    text = LOCK.read_text(encoding="utf-8")
    locked = read_lock(text)
    assert len(locked) == sum("==" in line and not line.startswith((" ", "#")) for line in text.splitlines())
    tools = {tool.name for tool in build_tools(locked)}
    assert {"coremltools", "numpy", "ai-edge-litert", "protobuf", "markupsafe"} < tools
    assert not tools & {"pytest", "zizmor", "mypy", "cyclonedx-python-lib"}


@pytest.mark.parametrize("text", ["", "alpha==1.0\n", "nonsense"])
def test_a_lock_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="run `make lock`"):
        read_lock(text)

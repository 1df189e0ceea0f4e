import subprocess
import sys

import pytest

import blazemesh

HEAVY = ("numpy", "coremltools", "tensorflow", "onnx", "onnxruntime", "ai_edge_litert", "PIL", "google.protobuf", "cv2")


def heavy_after(code: str) -> str:
    """What of HEAVY a fresh process has imported after running `code`."""
    tail = f"\nimport sys\nprint('heavy:', *[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].removeprefix("heavy:").strip()


@pytest.mark.parametrize("name", blazemesh.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    scope: dict[str, object] = {}
    exec(f"from blazemesh import {name}", scope)
    assert scope[name] is getattr(blazemesh, name)
    assert scope[name] is not None


def test_all_is_what_is_there() -> None:
    assert blazemesh.__all__ == sorted(blazemesh.__all__, key=str)
    assert set(blazemesh.__all__) == set(dir(blazemesh)) == {*blazemesh._HOMES, "__version__"}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'blazemesh' has no attribute 'Convert'"):
        blazemesh.Convert  # noqa: B018
    with pytest.raises(ImportError):
        exec("from blazemesh import Convert")


@pytest.mark.parametrize(
    "code",
    [
        "import blazemesh",
        "from blazemesh import InputError, GateError, ConversionError, PackageError",
        "import blazemesh.cli",
        "from blazemesh.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from blazemesh.cli import main\ntry: main(['convert', '--help'])\nexcept SystemExit: pass",
        "from blazemesh.cli import main\ntry: main(['run', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_what_costs_nothing(code: str) -> None:
    assert heavy_after(code) == ""


def test_the_control_finds_what_is_heavy() -> None:
    assert heavy_after("from blazemesh import convert") == "numpy"


def test_an_unchanged_build_imports_nothing_heavy() -> None:
    assert heavy_after("import blazemesh.build, blazemesh.manifest, blazemesh.catalog") == ""

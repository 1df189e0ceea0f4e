import json
import re
import shutil
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import swift_templates.render as rendering
from swift_templates.errors import RenderError
from swift_templates.render import render
from tests.swift_templates.manifests import detector, mesh, models

ROOT = Path(__file__).parents[2]


def test_the_same_models_give_the_same_files() -> None:
    assert render(models(), "blazemesh 1") == render(json.loads(json.dumps(models())), "blazemesh 1")


def test_only_generated_files_and_the_package_s_own_depend_on_the_manifest() -> None:
    first, other = render(models(), "one"), render([detector("Another"), mesh()], "two")
    first, other = ({p: text for p, text in files.items() if "Package/" not in p} for files in (first, other))
    changed = {path for path in first if first[path] != other[path]}
    assert first.keys() == other.keys()
    assert changed
    assert all("/Generated/" in path or path.endswith("/Package.swift") for path in changed)


def test_everything_stands_in_the_generated_files() -> None:
    files = render(models(), "blazemesh 1")
    text = files["BlazeMesh/Sources/BlazeMeshCore/Generated/DetectorModel+Packages.swift"]
    for part in ('name: "Detector"', "inputSide: 16, strides: [8], anchorsPerLayer: 2", "slots: 4", "slots: nil"):
        assert part in text
    assert "isRefined: true" in files["BlazeMesh/Sources/BlazeMeshCore/Generated/MeshModel+Packages.swift"]
    assert "case noseTip" in files["BlazeMesh/Sources/BlazeMeshCore/Generated/FaceKeypoint.swift"]
    assert all("Rendered by blazemesh 1" in each for path, each in files.items() if "/Generated/" in path)


def test_no_template_is_left_over() -> None:
    files = render(models(), "blazemesh 1")
    assert not [path for path in files if path.endswith(".jinja")]
    assert not [path for path, text in files.items() if path.endswith(".swift") and ("{{" in text or "{%" in text)]


def test_the_drop_in_is_the_package_s_sources() -> None:
    files = render(models(), "blazemesh 1")
    drop_in = {path: text for path, text in files.items() if path.startswith("DropIn/")}
    sources = {path for path in files if path.startswith("BlazeMesh/Sources/") and path.endswith(".swift")}
    assert len(drop_in) == len(sources) > 30
    names = [Path(path).name for path in drop_in]
    assert len(set(names)) == len(names), "a module's files have names of their own"
    core = {path: text for path, text in drop_in.items() if path.startswith("DropIn/BlazeMeshCore/")}
    assert not [path for path, text in core.items() if "import BlazeMesh" in text or "import Foundation" in text]


def test_the_core_knows_the_standard_library_and_the_c_library_alone() -> None:
    core = {p: t for p, t in render(models(), "x").items() if p.startswith("BlazeMesh/Sources/BlazeMeshCore/")}
    imports = {
        path: line.strip() for path, text in core.items() for line in text.splitlines() if "import " in line[:20]
    }
    swift = {path: line for path, line in imports.items() if path.endswith(".swift") and line.startswith("import")}
    assert [Path(path).name for path in swift] == ["LibM.swift"]


def test_nothing_is_left_to_an_app_s_default_isolation() -> None:
    """In a module whose default is the main actor, what does not say otherwise is bound to it."""
    declared = re.compile(r"^(?:public |private |fileprivate )*(struct|enum|extension|class|func|let|var|typealias) ")
    texts = {p: t for p, t in render(models(), "x").items() if p.startswith("DropIn/BlazeMeshCore/")}
    assert texts
    assert not [f"{path}: {line}" for path, text in texts.items() for line in text.splitlines() if declared.match(line)]


@pytest.mark.parametrize("word", ["try!", "as!", "fatalError", "Span<", "InlineArray", "@unchecked", "unsafeBitCast"])
def test_sources_avoid_what_the_house_avoids(word: str) -> None:
    files = render(models(), "blazemesh 1")
    assert not [path for path, text in files.items() if "/Sources/BlazeMeshCore/" in path and word in text]


def test_functions_fit_a_screen() -> None:
    """From each line that ends in a brace to the one that closes it, within types: 40 lines at most."""
    long = []
    for path, text in render(models(), "blazemesh 1").items():
        if not path.endswith(".swift") or "/Generated/" in path:
            continue
        lines = text.splitlines()
        for start, line in enumerate(lines):
            if " func " in f" {line}" or line.lstrip().startswith(("init(", "public init", "init?(")):
                margin = len(line) - len(line.lstrip())
                closing = f"{' ' * margin}}}"
                end = next((i for i in range(start, len(lines)) if lines[i] == closing), start)
                if end - start >= 40:
                    long.append(f"{path}:{start + 1}")
    assert long == []


def test_a_model_is_not_called_as_a_type_is() -> None:
    """Xcode makes a class of each model's name."""
    with pytest.raises(RenderError, match="'Region' is there already"):
        render([detector("Region"), mesh()], "blazemesh 1")


def test_texts_become_literals() -> None:
    entry = detector()
    entry["outputs"][0]["name"] = 'a"\\(b)\né\u2028'
    text = render([entry, mesh()], "x")["BlazeMesh/Sources/BlazeMeshCore/Generated/DetectorModel+Packages.swift"]
    assert r'"a\"\\(b)\n\u{00e9}\u{2028}"' in text


def test_each_package_has_a_module_of_its_own() -> None:
    files = render(models(), "blazemesh 1")
    for entry in models():
        name = f"{entry['name']}Package"
        assert f'"{name}"' in files["BlazeMesh/Package.swift"]
        assert f"The package {entry['name']}" in files[f"BlazeMesh/Sources/{name}/Generated/{name}.swift"]


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Other templates: a style, and no sources yet."""
    (tmp_path / "package" / "Sources").mkdir(parents=True)
    (tmp_path / ".swift-format").write_text("{}")
    monkeypatch.setattr(rendering, "ROOT", tmp_path)
    shutil.copy(ROOT / "swift_templates" / rendering.MODEL, tmp_path)
    return tmp_path


def test_hidden_files_are_no_sources(templates: Path) -> None:
    (templates / "package" / ".build").mkdir()
    for name in (".DS_Store", ".build/x", "Sources/.x.swift"):
        (templates / "package" / name).write_bytes(b"\xff")
    rendered = [path for path in render(models(), "blazemesh 1") if "Package/" not in path]
    assert rendered == ["BlazeMesh/.swift-format"]


def test_an_undefined_name_in_a_template_is_an_error(templates: Path) -> None:
    (templates / "package" / "X.swift.jinja").write_text("{{ contents.nothing }}")
    with pytest.raises(UndefinedError):
        render(models(), "blazemesh 1")

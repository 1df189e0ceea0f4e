"""What the project file names outside of itself: the folder of sources, the Swift package, the scheme's target."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from tests.ios_app.project_file import ProjectFile

LIBRARY = re.compile(r'\.library\(name: "(\w+)"')
IMPORT = re.compile(r"^(?:@\w+ )*import (\w+)", re.MULTILINE)
MEMBERS = {".swift", ".xcprivacy"}
MODELS = re.compile(r"let models = \[(.*?)\]", re.DOTALL)


def folder_findings(project: ProjectFile, home: Path) -> list[str]:
    """Synchronised folders that are not in `home`, the folder that the project lies in."""
    paths = [each.get("path", "") for each in project.of("PBXFileSystemSynchronizedRootGroup").values()]
    return [f"the folder {path!r} is not there" for path in paths if not (home / path).is_dir()]


def member_findings(folder: Path) -> list[str]:
    """Files of a synchronised folder that the app would carry as they are: all in it are members, hidden ones too."""
    parts = [path.relative_to(folder).parts for path in sorted(folder.rglob("*")) if path.is_file()]
    strays = [each for each in parts if not each[0].endswith(".xcassets") and Path(each[-1]).suffix not in MEMBERS]
    return [f"{'/'.join(each)} would be copied into the app" for each in strays]


def package_findings(project: ProjectFile, home: Path, package: Path) -> list[str]:
    """Whether the one package is `package`, and has the products that the project asks for."""
    places = [each.get("relativePath", "") for each in project.of("XCLocalSwiftPackageReference").values()]
    if [os.path.normpath(home / place) for place in places] != [os.path.normpath(package)]:
        return [f"the packages are {places}; expected {os.path.relpath(package, home)!r}"]
    offered = products((package / "Package.swift").read_text(encoding="utf-8"))
    asked = [each.get("productName") for each in project.of("XCSwiftPackageProductDependency").values()]
    return [f"the package has no product {each!r}" for each in asked if each not in offered]


def import_findings(project: ProjectFile, sources: Mapping[str, str], package: Path) -> list[str]:
    """Whether the app's `sources` import the very products that it links; a needless one would be carried along."""
    offered = products((package / "Package.swift").read_text(encoding="utf-8"))
    linked = {str(each.get("productName")) for each in project.of("XCSwiftPackageProductDependency").values()}
    imported = {name for text in sources.values() for name in IMPORT.findall(text)} & offered
    missing = [f"{each} is imported and not linked" for each in sorted(imported - linked)]
    return [*missing, *(f"{each} is linked and not imported" for each in sorted(linked - imported))]


def products(manifest: str) -> set[str]:
    """The products in the text of the rendered Package.swift: its libraries, and one for each model."""
    models = MODELS.search(manifest)
    return {*LIBRARY.findall(manifest), *(re.findall(r'"(\w+)"', models[1]) if models else ())}


def workspace_findings(bundle: Path) -> list[str]:
    """Whether the workspace in `bundle`, the .xcodeproj, is that of the project itself: else Xcode writes another."""
    path = bundle / "project.xcworkspace" / "contents.xcworkspacedata"
    places = [each.get("location") for each in ElementTree.parse(path).iter("FileRef")]
    return [] if places == ["self:"] else [f"the workspace holds {places}; expected the project itself"]


def scheme_findings(project: ProjectFile, bundle: Path) -> list[str]:
    """Whether each shared scheme in `bundle`, the .xcodeproj, is that of the project's target."""
    ((key, target),) = project.of("PBXNativeTarget").items()
    app = project.objects.get(target["productReference"], {}).get("path")
    expected = {
        "BuildableIdentifier": "primary",
        "BlueprintIdentifier": key,
        "BuildableName": app,
        "BlueprintName": target["name"],
        "ReferencedContainer": f"container:{bundle.name}",
    }
    schemes = sorted((bundle / "xcshareddata" / "xcschemes").glob("*.xcscheme"))
    named = [] if [each.stem for each in schemes] == [target["name"]] else [f"the schemes are {schemes}"]
    references = [each for path in schemes for each in ElementTree.parse(path).iter("BuildableReference")]
    wrong = [f"a scheme refers to {each.attrib}" for each in references if each.attrib != expected]
    return [*named, *wrong, *([] if references else ["no scheme builds anything"])]

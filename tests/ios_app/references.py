"""A walk over every reference of the project file: each leads to the right kind of object, each object is reached."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.ios_app.project_file import IDENTIFIER, ProjectFile

LIST, PHASES = "XCConfigurationList", {"PBXSourcesBuildPhase", "PBXFrameworksBuildPhase", "PBXResourcesBuildPhase"}
REFERENCES: Mapping[str, Mapping[str, set[str]]] = {
    "PBXProject": {
        "buildConfigurationList": {LIST},
        "mainGroup": {"PBXGroup"},
        "productRefGroup": {"PBXGroup"},
        "packageReferences": {"XCLocalSwiftPackageReference"},
        "targets": {"PBXNativeTarget"},
        "attributes": {"PBXNativeTarget"},
    },
    "PBXNativeTarget": {
        "buildConfigurationList": {LIST},
        "buildPhases": PHASES,
        "fileSystemSynchronizedGroups": {"PBXFileSystemSynchronizedRootGroup"},
        "packageProductDependencies": {"XCSwiftPackageProductDependency"},
        "productReference": {"PBXFileReference"},
    },
    "PBXGroup": {"children": {"PBXGroup", "PBXFileReference", "PBXFileSystemSynchronizedRootGroup"}},
    "PBXFrameworksBuildPhase": {"files": {"PBXBuildFile"}},
    "PBXBuildFile": {"productRef": {"XCSwiftPackageProductDependency"}},
    "XCConfigurationList": {"buildConfigurations": {"XCBuildConfiguration"}},
    "XCSwiftPackageProductDependency": {"package": {"XCLocalSwiftPackageReference"}},
}
"""By an object's kind, the fields that refer to others, all of which it must have, and what they may refer to."""


def reference_findings(project: ProjectFile) -> list[str]:
    """What is wrong with the references, and with what they ought to lead to."""
    wrong = [finding for key in project.objects for finding in _of_object(project, key)]
    unreached = sorted(project.objects.keys() - _reached(project))
    return [*wrong, *(f"{each} ({project.objects[each].get('isa')}) is reached by nothing" for each in unreached)]


def linked_findings(project: ProjectFile) -> list[str]:
    """Whether each target links the very products that it depends on."""
    found = []
    for key, target in project.of("PBXNativeTarget").items():
        phases = [project.objects.get(each, {}) for each in target.get("buildPhases", ())]
        found += [f"{key} has no {kind}" for kind in sorted(PHASES - {each.get("isa") for each in phases})]
        files = [file for phase in phases for file in phase.get("files", ())]
        linked = {project.objects.get(each, {}).get("productRef") for each in files}
        for each in sorted(map(str, linked ^ set(target.get("packageProductDependencies", ())))):
            found.append(f"{key}: {each} is linked and not depended on, or the other way round")
    return found


def _of_object(project: ProjectFile, key: str) -> Iterator[str]:
    thing = project.objects[key]
    allowed = REFERENCES.get(thing.get("isa", ""), {})
    yield from (f"{key} ({thing.get('isa')}) has no {field}" for field in allowed.keys() - thing.keys())
    for field, value in thing.items():
        for each in _identifiers(value):
            kind = project.objects.get(each, {}).get("isa")
            if kind is None:
                yield f"{key} ({thing.get('isa')}): {field} refers to {each}, which is not there"
            elif kind not in allowed.get(field, ()):
                yield f"{key} ({thing.get('isa')}): {field} refers to {each}, a {kind}"


def _reached(project: ProjectFile) -> set[str]:
    """The objects that the root leads to."""
    reached, waiting = set[str](), [project.root]
    while waiting:
        key = waiting.pop()
        if key in project.objects and key not in reached:
            reached.add(key)
            waiting += [each for value in project.objects[key].values() for each in _identifiers(value)]
    return reached


def _identifiers(value: Any) -> Iterator[str]:
    """Every identifier in a value, however deep, as a key too."""
    match value:
        case str():
            if IDENTIFIER.fullmatch(value):
                yield value
        case list():
            for each in value:
                yield from _identifiers(each)
        case dict():
            for key, each in value.items():
                yield from _identifiers(key)
                yield from _identifiers(each)

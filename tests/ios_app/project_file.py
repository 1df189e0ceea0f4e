"""Xcode's project file, read into its objects."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openstep_plist

Object = Mapping[str, Any]

IDENTIFIER = re.compile(r"[0-9A-F]{24}")
VERSION = "77"
"""Xcode 16's."""
DECLARATION = re.compile(r"^\t\t([0-9A-F]{24}) .*= \{", re.MULTILINE)
"""Where an object begins. A reader gives a dictionary, in which an identifier that is there twice is there once."""


@dataclass(frozen=True)
class ProjectFile:
    """The objects by identifier, the identifiers as the text declares them, and the object that all begins at.

    `version` is that of the format, which decides how Xcode reads the rest.
    """

    objects: Mapping[str, Object]
    declared: tuple[str, ...]
    root: str
    version: str

    def of(self, isa: str) -> dict[str, Object]:
        """The objects of one kind."""
        return {key: each for key, each in self.objects.items() if each.get("isa") == isa}

    def settings(self, owner: str) -> dict[str, Mapping[str, Any]]:
        """The settings of the object that `owner` is the kind of, by configuration."""
        (holder,) = self.of(owner).values()
        configurations = self.objects[holder["buildConfigurationList"]]["buildConfigurations"]
        found = (self.objects[each] for each in configurations)
        return {each["name"]: each["buildSettings"] for each in found}


def read_project(path: Path) -> ProjectFile:
    """The file at `path`; openstep_plist's ParseError where it is none."""
    text = path.read_text(encoding="utf-8")
    whole = openstep_plist.loads(text, use_numbers=False)
    return ProjectFile(whole["objects"], tuple(DECLARATION.findall(text)), whole["rootObject"], whole["objectVersion"])


def version_findings(project: ProjectFile) -> list[str]:
    """Whether the format is the one that has synchronised folders, and the one that Xcode is to keep."""
    kept = project.objects.get(project.root, {}).get("preferredProjectObjectVersion")
    found = {"objectVersion": project.version, "preferredProjectObjectVersion": kept}
    return [f"{name} is {each}; expected {VERSION}" for name, each in found.items() if each != VERSION]

"""Build settings: names that Xcode's build system knows, and the values that the app can't be without."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.ios_app.project_file import ProjectFile

TABLE: Mapping[str, Any] = json.loads((Path(__file__).parent / "build_settings.json").read_text(encoding="utf-8"))
KNOWN: Mapping[str, str] = TABLE["settings"]
"""The names used, each with the specification that declares it."""
REQUIRED: Mapping[str, str | list[str]] = {
    "ASSETCATALOG_COMPILER_APPICON_NAME": "AppIcon",
    "ASSETCATALOG_COMPILER_GLOBAL_ACCENT_COLOR_NAME": "AccentColor",
    "CODE_SIGN_STYLE": "Automatic",
    "ENABLE_USER_SCRIPT_SANDBOXING": "YES",
    "GENERATE_INFOPLIST_FILE": "YES",
    "INFOPLIST_KEY_ITSAppUsesNonExemptEncryption": "NO",
    "INFOPLIST_KEY_UIApplicationSceneManifest_Generation": "YES",
    "INFOPLIST_KEY_UILaunchScreen_Generation": "YES",
    "IPHONEOS_DEPLOYMENT_TARGET": "17.0",
    "LD_RUNPATH_SEARCH_PATHS": ["$(inherited)", "@executable_path/Frameworks"],
    "PRODUCT_BUNDLE_IDENTIFIER": "com.example.BlazeMeshSample$(DEVELOPMENT_TEAM)",
    "PRODUCT_NAME": "$(TARGET_NAME)",
    "SDKROOT": "iphoneos",
    "SWIFT_VERSION": "6.0",
    "TARGETED_DEVICE_FAMILY": "1,2",
}
PRESENT = ("CURRENT_PROJECT_VERSION", "MARKETING_VERSION", "INFOPLIST_KEY_CFBundleDisplayName")
ABSENT = ("DEVELOPMENT_TEAM", "SWIFT_DEFAULT_ACTOR_ISOLATION", "SWIFT_APPROACHABLE_CONCURRENCY", "INFOPLIST_FILE")
"""Whoever runs the app chooses a team; the sources are checked with neither of the two; the Info.plist is generated."""
ORIENTATIONS = {"iPad": 4, "iPhone": 3}


def effective_settings(project: ProjectFile) -> dict[str, dict[str, Any]]:
    """By configuration, the project's settings with the target's over them."""
    own = project.settings("PBXNativeTarget")
    return {each: {**values, **own.get(each, {})} for each, values in project.settings("PBXProject").items()}


def setting_findings(project: ProjectFile) -> list[str]:
    """What is wrong with names and values, in each configuration."""
    found = []
    for configuration, values in effective_settings(project).items():
        found += [f"{configuration}: no setting is called {name}" for name in values.keys() - KNOWN.keys()]
        found += [
            f"{configuration}: {name} is {values.get(name)!r}; expected {expected!r}"
            for name, expected in REQUIRED.items()
            if values.get(name) != expected
        ]
        found += [f"{configuration}: there is no {name}" for name in PRESENT if not values.get(name)]
        found += [f"{configuration}: {name} is set; expected none" for name in ABSENT if name in values]
        found += _orientations(configuration, values)
    missing = {"Debug", "Release"} - effective_settings(project).keys()
    return [*found, *(f"there is no configuration {each}" for each in sorted(missing))]


def _orientations(configuration: str, values: Mapping[str, Any]) -> list[str]:
    found = []
    for device, count in ORIENTATIONS.items():
        name = f"INFOPLIST_KEY_UISupportedInterfaceOrientations_{device}"
        given = set(str(values.get(name, "")).split())
        all_four = {f"UIInterfaceOrientation{each}" for each in ("Portrait", "LandscapeLeft", "LandscapeRight")}
        all_four |= {"UIInterfaceOrientationPortraitUpsideDown"}
        if len(given) != count or not given <= all_four:
            found.append(f"{configuration}: {name} has {len(given)} known orientations; expected {count}")
    return found


def bundle_identifier(template: str, team: str) -> str:
    """The identifier for a team, "" for none."""
    return template.replace("$(DEVELOPMENT_TEAM)", team)


def is_bundle_identifier(text: str) -> bool:
    """Whether it is of letters, digits, hyphens and periods, no part empty (Apple's CFBundleIdentifier)."""
    return re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text) is not None

"""The privacy manifest against what the sources use of the APIs that need a reason.

Source: developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api, APIs and reasons.
"""

import plistlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

PREFIX = "NSPrivacyAccessedAPICategory"


@dataclass(frozen=True)
class Category:
    """The names of a category's APIs, as a pattern, and the reasons that an app, rather than a library, may give."""

    apis: str
    reasons: frozenset[str]


CATEGORIES: Mapping[str, Category] = {
    f"{PREFIX}UserDefaults": Category(
        r"\b(?:NS)?UserDefaults\b|@AppStorage\b", frozenset({"CA92.1", "1C8F.1", "AC6B.1"})
    ),
    f"{PREFIX}FileTimestamp": Category(
        r"\b(?:creationDate|modificationDate|fileModificationDate|contentModificationDate|creationDateKey"
        r"|contentModificationDateKey|attributesOfItem|getattrlist|getattrlistbulk|fgetattrlist|getattrlistat)\b"
        r"|\b(?:stat|fstat|fstatat|lstat)\(",
        frozenset({"DDA9.1", "C617.1", "3B52.1"}),
    ),
    f"{PREFIX}SystemBootTime": Category(
        r"\b(?:systemUptime|mach_absolute_time)\b", frozenset({"35F9.1", "8FFB.1", "3D61.1"})
    ),
    f"{PREFIX}DiskSpace": Category(
        r"\bvolume(?:AvailableCapacity|TotalCapacity)\w*|\b(?:systemFreeSize|systemSize|attributesOfFileSystem)\b"
        r"|\b(?:statfs|statvfs|fstatfs|fstatvfs)\(",
        frozenset({"85F4.1", "E174.1", "7D9E.1", "B728.1"}),
    ),
    f"{PREFIX}ActiveKeyboards": Category(r"\bactiveInputModes\b", frozenset({"3EC4.1", "54BD.1"})),
}
NOTHING = {"NSPrivacyTracking": False, "NSPrivacyTrackingDomains": [], "NSPrivacyCollectedDataTypes": []}
ACCESSED = "NSPrivacyAccessedAPITypes"


def privacy_findings(manifest: Path, sources: Mapping[str, str]) -> list[str]:
    """What is wrong with the manifest, for the code of the app and of all that it is linked with, by path."""
    try:
        told = plistlib.loads(manifest.read_bytes(), fmt=plistlib.FMT_XML)
    except (OSError, plistlib.InvalidFileException, ExpatError) as error:
        return [f"{manifest.name} can't be read: {error}"]
    found = [
        f"{key} is {told.get(key)!r}; expected {value!r}" for key, value in NOTHING.items() if told.get(key) != value
    ]
    found += [f"no key is called {key}" for key in told.keys() - NOTHING.keys() - {ACCESSED}]
    declared = {}
    for entry in told.get(ACCESSED, ()):
        kind, reasons = entry.get("NSPrivacyAccessedAPIType"), entry.get("NSPrivacyAccessedAPITypeReasons", [])
        declared[kind] = reasons
        if kind not in CATEGORIES or not reasons or not set(reasons) <= CATEGORIES[kind].reasons:
            found.append(f"{kind}: {reasons} are no reasons")
    used = {
        kind: path for kind, each in CATEGORIES.items() for path, text in sources.items() if re.search(each.apis, text)
    }
    found += [f"{path} uses {kind}, which is not declared" for kind, path in used.items() if kind not in declared]
    return [*found, *(f"{kind} is declared and not used" for kind in declared if kind not in used)]

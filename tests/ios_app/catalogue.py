"""The asset catalogue: each Contents.json names the files that are there, the icon, and what Swift asks for."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

CONTENTS = "Contents.json"
ENTRIES = {".appiconset": "images", ".imageset": "images", ".colorset": "colors"}
"""The kinds of sets, and what their Contents.json lists."""
KEYS = {
    "images": {"filename", "idiom", "platform", "size", "scale", "appearances"},
    "colors": {"color", "idiom", "appearances"},
}
SPACES = {"srgb", "display-p3", "extended-srgb", "gray-gamma-22"}
CHANNELS = {"red", "green", "blue", "alpha"}
CHANNEL = re.compile(r"0x[0-9A-Fa-f]{2}|[01]\.\d+")
APPEARANCES = {"luminosity": {"light", "dark", "tinted"}, "contrast": {"high"}}
ICON_SIDE = 1024
USES = {
    ".imageset": re.compile(r'\b(?:Image\(\s*(?:decorative:\s*)?|UIImage\(\s*named:\s*)"([^"]+)"'),
    ".colorset": re.compile(r'\b(?:Color\(\s*|UIColor\(\s*named:\s*)"([^"]+)"'),
}
"""How Swift asks for a set of each kind; Image(systemName:) is not in the catalogue."""


def catalogue_findings(folder: Path) -> list[str]:
    """What is wrong in the catalogue at `folder`, Assets.xcassets."""
    holders = [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]
    return [f"{each.name}: {finding}" for each in holders for finding in _of_folder(each)]


def name_findings(folder: Path, settings: Mapping[str, Any], sources: Mapping[str, str]) -> list[str]:
    """Sets that the settings or the Swift sources name and the catalogue lacks."""
    named = [
        (".appiconset", str(settings.get("ASSETCATALOG_COMPILER_APPICON_NAME")), "the icon"),
        (".colorset", str(settings.get("ASSETCATALOG_COMPILER_GLOBAL_ACCENT_COLOR_NAME")), "the accent colour"),
    ]
    for path, text in sources.items():
        named += [(kind, name, path) for kind, use in USES.items() for name in use.findall(text)]
    there = {path.name for path in folder.rglob("*") if path.is_dir()}
    return [f"{where}: there is no {name}{kind}" for kind, name, where in named if f"{name}{kind}" not in there]


def _of_folder(folder: Path) -> Iterator[str]:
    try:
        contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield f"{CONTENTS} can't be read: {error}"
        return
    if contents.get("info") != {"author": "xcode", "version": 1}:
        yield f"info is {contents.get('info')!r}"
    kind = ENTRIES.get(folder.suffix)
    if unknown := contents.keys() - {"info", "properties", kind}:
        yield f"{CONTENTS} has {', '.join(sorted(unknown))}"
    files = {path.name for path in folder.iterdir() if path.is_file()} - {CONTENTS}
    entries = contents.get(kind, []) if kind else []
    named = {each.get("filename") for each in entries if kind == "images"}
    yield from (f"{each} is named and not there" for each in sorted(map(str, named - files)))
    yield from (f"{each} is there and not named" for each in sorted(files - named))
    if kind:
        yield from _of_entries(folder, kind, entries, files)


def _of_entries(folder: Path, kind: str, entries: list[Mapping[str, Any]], files: set[str]) -> Iterator[str]:
    if not entries:
        yield f"{kind} is empty"
    seen = [json.dumps([entry.get("appearances"), entry.get("scale")]) for entry in entries]
    yield from (f"two of {kind} are for {each}" for each in {each for each in seen if seen.count(each) > 1})
    for entry in entries:
        if entry.keys() - KEYS[kind] or entry.get("idiom") != "universal":
            yield f"{kind} has {dict(entry)}"
        for each in entry.get("appearances", ()):
            if each.get("value") not in APPEARANCES.get(each.get("appearance"), ()):
                yield f"{each} is no appearance"
        if kind == "colors":
            yield from _of_color(entry.get("color", {}))
        elif folder.suffix == ".appiconset":
            yield from _of_icon(folder, entry, files)


def _of_color(color: Mapping[str, Any]) -> Iterator[str]:
    parts = color.get("components", {})
    if color.get("color-space") not in SPACES or parts.keys() != CHANNELS:
        yield f"{dict(color)} is no colour"
    yield from (f"{name} is {part!r}" for name, part in parts.items() if not CHANNEL.fullmatch(str(part)))


def _of_icon(folder: Path, entry: Mapping[str, Any], files: set[str]) -> Iterator[str]:
    if (entry.get("platform"), entry.get("size")) != ("ios", f"{ICON_SIDE}x{ICON_SIDE}"):
        yield f"an icon is for {entry.get('platform')}, {entry.get('size')}; expected ios, {ICON_SIDE}x{ICON_SIDE}"
    if entry.get("filename") in files:
        with Image.open(folder / str(entry["filename"])) as icon:
            found = (icon.format, icon.size, icon.mode, "transparency" in icon.info)
        if found != ("PNG", (ICON_SIDE, ICON_SIDE), "RGB", False):
            yield f"{entry['filename']} is {found}; expected a PNG of {ICON_SIDE} x {ICON_SIDE}, RGB without alpha"

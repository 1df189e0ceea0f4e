"""The team that a user chose in Xcode: carried from the project file on disk into a new rendering, which has none."""

import re

from swift_templates.build_settings import CONFIGURATIONS
from swift_templates.xcode_project import identifier

SETTING = "DEVELOPMENT_TEAM"
TEAM = re.compile(rf"\t{{4}}{SETTING} = [A-Z0-9]{{10}};\n")
NAME = re.compile(r"\t{4}(\w+) = ")


def with_teams(rendered: bytes, on_disk: bytes) -> bytes:
    """A rendered project file, with the team of each of the target's configurations that has one in `on_disk`.

    It stands where Xcode puts it: settings are in the order of their names. What else is in `on_disk`, which may be
    anything, doesn't count.
    """
    text, old = rendered.decode(), on_disk.decode(errors="replace")
    for configuration in CONFIGURATIONS:
        teams = [line for line in _settings(old, configuration) if TEAM.fullmatch(line)]
        before = _settings(text, configuration)
        if not teams or not before:
            continue
        names = [(number, match[1]) for number, line in enumerate(before) if (match := NAME.match(line))]
        place = next((number for number, name in names if name > SETTING), len(before))
        after = [*before[:place], teams[-1], *before[place:]]
        text = text.replace(_object(configuration, before), _object(configuration, after))
    return text.encode()


def _settings(text: str, configuration: str) -> list[str]:
    """The lines of the target's settings in a configuration; none where they are not written as Xcode does."""
    pattern = re.escape(_object(configuration, ["|"])).replace(re.escape("|"), r"((?:\t{4}.*\n)*)")
    found = re.search(pattern, text)
    return found[1].splitlines(keepends=True) if found else []


def _object(configuration: str, settings: list[str]) -> str:
    """The target's configuration as it stands in a project file."""
    head = (
        f"\t\t{identifier(f'target {configuration}')} /* {configuration} */ = {{\n\t\t\tisa = XCBuildConfiguration;\n"
    )
    return f"{head}\t\t\tbuildSettings = {{\n{''.join(settings)}\t\t\t}};\n"

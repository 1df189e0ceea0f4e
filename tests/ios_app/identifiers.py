"""The objects' identifiers: each there once, and derived from its name."""

from collections import Counter
from collections.abc import Iterable

from tests.ios_app.project_file import ProjectFile


def identifier_findings(project: ProjectFile, expected: Iterable[str]) -> list[str]:
    """What is wrong with the identifiers that the text declares, which are to be the `expected` ones."""
    counts, wanted = Counter(project.declared), set(expected)
    twice = [f"{each} is there {count} times" for each, count in counts.items() if count > 1]
    unknown = [f"{each} is derived from no name" for each in sorted(counts.keys() - wanted)]
    missing = [f"{each} is not there" for each in sorted(wanted - counts.keys())]
    unread = [
        f"{each} is read, and not declared in a line of its own" for each in project.objects.keys() - counts.keys()
    ]
    return [*twice, *unknown, *missing, *unread]

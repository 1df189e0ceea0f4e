"""The parts of README.md that programs write: each lies between a comment that names its program, and an end."""

from collections.abc import Sequence
from pathlib import Path

from blazemesh.errors import InputError
from blazemesh.files import write_atomically

README = Path("README.md")
END = "<!-- end -->"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    return "\n".join([lines[0], "|---" * len(header) + "|", *lines[1:]])


def read_part(text: str, name: str) -> str:
    """What stands in the part that blazemesh.`name` writes of README's `text`; InputError where it has none."""
    return _cut(text, name)[1].strip()


def write_part(name: str, content: str, readme: Path = README) -> None:
    """Put `content` into the part that blazemesh.`name` writes; InputError where there is none, OSError."""
    before, _, after = _cut(readme.read_text(encoding="utf-8"), name)
    write_atomically(readme, f"{before}\n{content}\n{after}".encode())


def _cut(text: str, name: str) -> tuple[str, str, str]:
    """The text before the part's content, with its comment, the content, and all after it, with its end."""
    begin = f"<!-- written by python -m blazemesh.{name} -->"
    start = text.find(begin) + len(begin)
    end = text.find(END, start)
    if begin not in text or end < 0:
        raise InputError(f"found no part {begin} … {END}, expected one in README.md: add the two comments")
    return text[:start], text[start:end], text[end:]

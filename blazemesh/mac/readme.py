"""README's table of what is verified where: its Mac column is what the committed copy of a run says.

`python -m blazemesh.mac.readme [DIR]` writes it again; DIR (build/coreml) holds the packages that the copy is for.
"""

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from blazemesh.mac.document import read_document
from blazemesh.mac.standing import COPY, Standing, standing
from blazemesh.manifest import read_manifest
from blazemesh.options import PACKAGES
from blazemesh.readme import markdown, write_part
from blazemesh.terminal import in_one_line

PART = "mac.readme"
HEADER = ("", "Linux", "a Mac, by `make mac`")
ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("the saved package, executed from its bytes in float32 and with every operator rounded to float16, against LiteRT",
     "every build", ("coreml",)),
    ("Core ML itself (`predict`, CPU only), against LiteRT and MediaPipe's results", "–", ("predict/CPU_ONLY",)),
    ("the same, with the GPU", "–", ("predict/CPU_AND_GPU",)),
    ("the same, with the Neural Engine", "–", ("predict/CPU_AND_NE", "predict/ALL")),
    ("Xcode's model compiler", "the linter's rules, every build", ("compile",)),
    ("where operators run, by Core ML's plan", "–", ("plan",)),
    ("the Swift core against its Python twins", "every `make test`, where there is Swift", ("swift",)),
    ("the Swift layer for Apple's platforms", "type-checked, and run against fakes", ("swift",)),
    ("the sample app", "type-checked; all but its views run against fakes", ("app",)),
    ("prediction times", "–", ("times",)),
)  # fmt: skip
"""What is verified, how on Linux, and the steps of `make mac` that do it."""


def part(found: Standing) -> str:
    """The table and the sentence below it."""
    rows = [(what, linux, _in_a_cell(found.cell(steps))) for what, linux, steps in ROWS]
    return f"{markdown(HEADER, rows)}\n\n{_line(found.sentence)}"


def _in_a_cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _line(text: str) -> str:
    """In one line, whatever a copy's rows hold."""
    return " ".join(text.split())


def current(folder: Path) -> Standing:
    """How docs/mac.json stands to the packages in `folder`, which need not be there while there is no copy."""
    document = read_document(COPY)
    if document is None:
        return Standing(None)
    return standing(document, {entry["name"]: entry["sha256"] for entry in read_manifest(folder).models})


def main(arguments: Sequence[str]) -> int:
    """Put the table into README.md."""
    return in_one_line("mac.readme", partial(_write, Path(arguments[0]) if arguments else PACKAGES))


def _write(folder: Path) -> None:
    text = part(current(folder))
    write_part(PART, text)
    print(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

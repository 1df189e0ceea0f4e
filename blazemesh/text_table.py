"""Plain text for people: tables, and names that are safe to show."""

from collections.abc import Sequence


def text_table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """The lines under their header, columns aligned, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    right = [all(not line[j] or line[j][0].isdigit() for line in lines) for j in range(len(header))]

    def aligned(line: Sequence[str]) -> str:
        cells = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True))
        return "  ".join(cells).rstrip()

    return "\n".join([aligned(header), "  ".join("-" * width for width in widths), *map(aligned, lines)])


def printable(text: str) -> str:
    """The text in one line, with escapes for what a terminal would act upon: names of files may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)

"""The list of operators that docs/operators.md shows, from the functions themselves."""

from converters.ops.registry import Handler, handlers


def operators_table() -> str:
    """A Markdown table of every kind that has a function, with what the function says of itself."""
    kinds: dict[Handler, list[str]] = {}
    for kind, handler in handlers().items():
        kinds.setdefault(handler, []).append(kind)
    rows = sorted((sorted(names), _first_paragraph(handler)) for handler, names in kinds.items())
    lines = [f"{len(handlers())} kinds of operators:", "", "| kind | what becomes of it |", "|---|---|"]
    lines += [f"| {', '.join(f'`{name}`' for name in names)} | {meaning} |" for names, meaning in rows]
    return "\n".join(lines) + "\n"


def _first_paragraph(handler: Handler) -> str:
    text = (handler.__doc__ or "").split("\n\n")[0]
    return " ".join(text.split()).replace("|", r"\|")

"""Templates of this folder, rendered with every value escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"error": error, "figure": figure, "grouped": grouped}
    return environment


def render(template: str, **values: Any) -> str:
    """A template of this folder as a whole page; jinja2.UndefinedError where it needs a value that is not given."""
    return _templates().get_template(template).render(**values)


def error(value: float | None) -> str:
    """An error in two digits."""
    return "–" if value is None else f"{value:.1e}" if value else "0"


def grouped(value: int | None) -> str:
    """A whole number with its thousands apart."""
    return "–" if value is None else f"{value:,}"


def figure(value: float | None) -> str:
    """A measured value: from a thousand on as a whole number, below in four digits; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"

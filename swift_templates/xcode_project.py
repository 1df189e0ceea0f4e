"""What Xcode's project file is made of: its objects' identifiers, and values as its old property list writes them."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from swift_templates.build_settings import CONFIGURATIONS, Value

BARE = re.compile(r"[A-Za-z0-9_./]+")
"""What stands in a project file without quotes."""
OBJECTS = (
    *("project", "target", "main group", "products group", "app", "sources", "package"),
    *("sources phase", "frameworks phase", "resources phase", "project configurations", "target configurations"),
)
"""The objects that there are once."""


def identifier(name: str) -> str:
    """An object's identifier: 24 hexadecimal digits, always the same for the same name."""
    return hashlib.sha256(f"BlazeMeshSample/{name}".encode()).hexdigest()[:24].upper()


def identifiers(products: Iterable[str]) -> Mapping[str, str]:
    """The identifier of every object by its name: two more for each product, two for each configuration."""
    of_products = [f"{product} {kind}" for product in products for kind in ("build file", "dependency")]
    of_configurations = [f"{owner} {each}" for owner in ("project", "target") for each in CONFIGURATIONS]
    return {name: identifier(name) for name in (*OBJECTS, *of_products, *of_configurations)}


def old_style(value: Value, indent: int) -> str:
    """A text, or a list of them in lines `indent` tabs deep, as Xcode writes it."""
    if isinstance(value, str):
        return value if BARE.fullmatch(value) else f'"{value.translate(ESCAPES)}"'
    margin = "\t" * indent
    return "\n".join(["(", *(f"{margin}\t{old_style(each, indent)}," for each in value), f"{margin})"])


ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

"""A worker's answer: the last line that it wrote to standard output, one JSON object."""

import json
from collections.abc import Mapping
from typing import Any

from blazemesh.mac.outcome import not_understood
from blazemesh.mac.runner import Ran


def answer(ran: Ran, fields: Mapping[str, type]) -> tuple[dict[str, Any], str]:
    """What a worker answered, or, where it did not, an empty answer and the reason in one line."""
    if ran.problem:
        return {}, ran.problem
    lines = ran.out.strip().splitlines()
    try:
        found: Any = json.loads(lines[-1] if lines else "")
    except ValueError:
        return {}, not_understood("its answer is no JSON")
    if not isinstance(found, dict):
        return {}, not_understood("its answer is no object")
    if isinstance(found.get("problem"), str):
        return {}, str(found["problem"])
    if wrong := [name for name, kind in fields.items() if not isinstance(found.get(name), kind)]:
        return {}, not_understood(f"its answer has no {', '.join(wrong)}")
    return found, ""

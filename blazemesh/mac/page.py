"""build/mac.html: the run as one page, which needs no other file and no network."""

from pathlib import Path

from blazemesh.files import write_atomically
from blazemesh.mac.document import Document
from blazemesh.mac.machine import described
from blazemesh.pages.render import render

PARITY = ("coreml", "predict/CPU_ONLY", "predict/CPU_AND_GPU", "predict/CPU_AND_NE", "predict/ALL")
WARNING = ("swift", "app")
"""Steps whose rows hold nothing for people but warnings."""


def page(document: Document) -> str:
    """The page as HTML."""
    steps = {step.name: step for step in document.steps}
    return render(
        "mac.html.jinja",
        title="BlazeMesh on a Mac",
        document=document,
        machine=described(document.machine),
        parity=[steps[name] for name in PARITY if name in steps and any("output" in row for row in steps[name].rows)],
        compiled=steps.get("compile"),
        plans=steps.get("plan"),
        times=steps.get("times"),
        warned=[steps[n] for n in WARNING if n in steps and any(row.get("warnings") for row in steps[n].rows)],
    )


def write_page(path: Path, document: Document) -> None:
    """Write the page in one step; OSError where the disk refuses."""
    write_atomically(path, page(document).encode())

"""The Swift tool that says what the app draws."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from blazemesh.errors import InputError

PACKAGE = "Overlay"
"""The folder beside the rendered package, and its executable."""
LONGEST = 900
"""Seconds that building and running it may take; a build takes a minute."""


def overlay_texts(rendered: Path, results: Path, scratch: Path) -> dict[str, str]:
    """Each screen's text by its name, for the file that `results.document` made.

    `rendered` is the folder of what `make swift` renders, `scratch` SwiftPM's own. InputError where there is no Swift,
    or the tool can't be built or ends badly.
    """
    if shutil.which("swift") is None:
        raise InputError("there is no swift on PATH; the app's overlay is computed by its own core")
    scratch.mkdir(parents=True, exist_ok=True)
    # SwiftPM looks for new files of a package beside this one only when it plans anew.
    (rendered / PACKAGE / "Package.swift").touch()
    folders = ["--package-path", str(rendered / PACKAGE), "--scratch-path", str(scratch)]
    options = ["--disable-index-store", "-Xswiftc", "-warnings-as-errors"]
    with tempfile.TemporaryFile("w+") as messages:
        try:
            done = subprocess.run(
                ["swift", "run", *folders, *options, PACKAGE, str(results)],
                stdout=subprocess.PIPE,
                stderr=messages,
                text=True,
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise InputError(f"the overlay tool was ended after {LONGEST} s; is another build at work?") from error
        messages.seek(0)
        last = next((line for line in messages if "error" in line), "no message").strip()
    if done.returncode != 0:
        raise InputError(f"the overlay tool ended with {done.returncode} ({last})")
    return split(done.stdout)


def split(text: str) -> dict[str, str]:
    """The tool's output by screens."""
    parts = text.split("screen ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts}

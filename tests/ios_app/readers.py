"""Two strict readers of Xcode's project file, each of which refuses what the other lets pass.

kin has a grammar for each kind of object; the toolchain's plutil reads with Foundation's own parser of property lists.
"""

import shutil
import subprocess
from pathlib import Path

import openstep_plist
from kin.verifier import Verifier


def kin_findings(path: Path) -> list[str]:
    """What kin says is wrong, its lexer's complaints included, which its own command only prints."""
    parser, listener = Verifier().create_parser(str(path))
    lexer = parser.getTokenStream().tokenSource
    lexer.removeErrorListeners()
    lexer.addErrorListener(listener)
    parser.start()
    return [f"kin: {each}" for each in listener.errors]


def plutil_findings(path: Path) -> list[str]:
    """What `plutil -lint` says is wrong; there must be a Swift toolchain."""
    done = subprocess.run(["plutil", "-lint", str(path)], capture_output=True, text=True, timeout=60, check=False)
    return [] if done.returncode == 0 else [f"plutil: {(done.stdout + done.stderr).strip()}"]


def openstep_findings(path: Path) -> list[str]:
    """What openstep_plist says is wrong: the second reader where there is no toolchain."""
    try:
        openstep_plist.loads(path.read_text(encoding="utf-8"))
    except openstep_plist.ParseError as error:
        return [f"openstep_plist: {error}"]
    return []


def has_plutil() -> bool:
    """Whether the second reader is the toolchain's."""
    return shutil.which("plutil") is not None

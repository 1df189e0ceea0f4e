"""`make app`: the sample app's Xcode project."""

from pathlib import Path, PurePosixPath

from blazemesh.errors import InputError
from blazemesh.manifest import read_manifest
from blazemesh.options import PACKAGES
from blazemesh.rendered import write_rendered
from swift_templates.app import PROJECT, render_app
from swift_templates.errors import RenderError
from swift_templates.teams import with_teams

OUT = Path("ios_app")
LIST = ".rendered"
"""The paths of what was rendered, one a line: the next rendering removes what it hasn't of them, and nothing else."""


def write_app(packages: Path = PACKAGES, out: Path = OUT) -> tuple[Path, ...]:
    """Render the project for the manifest in `packages` into `out`; the files that changed or went.

    Files that are the same are left alone, those of an older rendering removed. What lies beside them, such as Xcode's
    own xcuserdata, stays, and so does the team that the target has in the project file. InputError, one line, where the
    manifest lacks a model that the app uses; OSError.
    """
    try:
        files = render_app(read_manifest(packages).models)
    except RenderError as error:
        raise InputError(str(error)) from error
    if (project := out / PROJECT).is_file():
        files[PROJECT] = with_teams(files[PROJECT], project.read_bytes())
    stale = [out / path for path in _older(out) if path not in files and (out / path).is_file()]
    listed = "".join(f"{path}\n" for path in files).encode()
    for path in stale:
        path.unlink()
        _remove_empty(path.parent, out)
    # The list comes first: whenever this is killed, every file that was rendered is on it.
    return (*write_rendered({LIST: listed, **files}, out), *stale)


def _older(out: Path) -> list[str]:
    """The paths of the rendering that is there, but for those that lead out of it."""
    listed = out / LIST
    if not listed.is_file():
        return []
    paths = listed.read_text(encoding="utf-8", errors="replace").splitlines()
    return [path for path in paths if path and ".." not in PurePosixPath(path).parts and not path.startswith("/")]


def _remove_empty(folder: Path, out: Path) -> None:
    """Remove a folder that holds nothing any more, and those above it, up to `out`."""
    while folder != out and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent

"""A release's files: made in memory, looked at, then put where they belong all at once."""

from pathlib import Path

from blazemesh import __version__
from blazemesh.catalog import load_catalog
from blazemesh.errors import GateError, InputError
from blazemesh.release import NAME, Tree
from blazemesh.release.archive import write_archive
from blazemesh.release.bill import Materials, write_bill
from blazemesh.release.check import findings
from blazemesh.release.clock import release_time
from blazemesh.release.contents import package_files, read_contents
from blazemesh.release.names import BILL, PACKAGES_ZIP, REPOSITORY, SWIFT_ZIP
from blazemesh.release.repository import commit_of, write_repository
from blazemesh.release.sums import FILE, write_sums
from blazemesh.staging import publish, staging


def refuse_tag(tag: str) -> None:
    """InputError unless a tag of this repository is "v" and the version, as in v1.2.3."""
    if tag != f"v{__version__}":
        raise InputError(f"found the tag {tag!r}, expected v{__version__}: blazemesh/__init__.py states the version")


def make_release(packages: Path) -> dict[str, bytes]:
    """Every file of the release of what lies in `packages`, by its path in the release's folder.

    InputError, one line, for packages that can't be released; GateError where the parts don't agree; OSError.
    """
    time, catalog = release_time(), load_catalog()
    contents = read_contents(packages, catalog)
    archives = {
        SWIFT_ZIP: write_archive(NAME, contents.swift, time),
        PACKAGES_ZIP: write_archive(NAME, contents.packages, time),
    }
    repository = write_repository(contents.swift, __version__, time)
    commit = commit_of(repository, __version__)
    bill = write_bill(Materials(contents.manifest, archives, package_files(contents.swift), commit, time), catalog)
    listed = archives | {BILL: bill}
    release = {**listed, FILE: write_sums(listed), **{f"{REPOSITORY}/{path}": repository[path] for path in repository}}
    if wrong := findings(release):
        raise GateError("\n".join(wrong))
    return release


def read_release(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path; InputError for what is no plain file, OSError."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise InputError(f"{str(path)!r} is no plain file; expected a release of nothing but files")
        if path.is_file():
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def write_release(release: Tree, out: Path) -> bool:
    """Put a release at `out`, in place of an older one; whether there was anything to do.

    InputError where something else is there, which would be lost; OSError.
    """
    if out.is_dir() and read_release(out) == release:
        return False
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / FILE).is_file())):
        raise InputError(f"{str(out)!r} is there and is no release; move it or choose another folder")
    with staging(out.absolute().parent) as folder:
        made = folder / "release"
        for path, data in release.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            (made / path).write_bytes(data)
        publish(made, out, folder)
    return True

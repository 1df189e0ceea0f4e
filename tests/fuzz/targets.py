"""What is fuzzed: each target makes its mutation of a sound input by number, and gives it to the program."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

from blazemesh.catalog import load_catalog
from blazemesh.cli import main
from blazemesh.fetch import at_hand
from tests.blazemesh.conftest import small_model
from tests.fuzz import bundles, images, texts
from tests.fuzz.mutations import Random, changed_in_meaning, mutated

MODELS = tuple(model.name for model in load_catalog().models)
Task = Callable[[], object]


class Target(Protocol):
    """Mutation `number` of `subject`, written below `folder`, and what the program is asked to do with it."""

    def __call__(self, subject: str, number: int, folder: Path) -> list[Task]:
        """The steps, each judged by itself."""


@cache
def model_bytes(name: str) -> bytes:
    """A pinned model's bytes out of the cache."""
    path = at_hand(load_catalog().model(name))
    if path is None:
        raise SystemExit(f"{name} is not in the cache; `blazemesh fetch` puts it there")
    return path.read_bytes()


def read(subject: str, number: int, folder: Path) -> list[Task]:
    """A mutated .tflite: bytes → Graph."""
    from converters.tflite_reader import read_tflite

    data = mutated(model_bytes(subject), number)
    return [lambda: read_tflite(data, "hostile.tflite")]


def convert(subject: str, number: int, folder: Path) -> list[Task]:
    """A mutated .tflite through a whole conversion, writing included; each fifth is verified in LiteRT as well."""
    data = model_bytes(subject)
    source = folder / "hostile.tflite"
    source.write_bytes(mutated(data, number) if number % 5 == 4 else changed_in_meaning(data, number))
    check = [] if number % 5 == 0 else ["--no-verify"]
    return [lambda: main(["convert", str(source), "-o", str(folder / "Out.mlpackage"), *check])]


def judge(subject: str, number: int, folder: Path) -> list[Task]:
    """A small model, mutated, converted and verified: what gets to LiteRT."""
    source = folder / "hostile.tflite"
    source.write_bytes(changed_in_meaning(small_model(), number) if number % 4 else mutated(small_model(), number))
    return [lambda: main(["convert", str(source), "-o", str(folder / "Out.mlpackage")])]


def inspect(subject: str, number: int, folder: Path) -> list[Task]:
    """The description of a mutated .tflite, names out of the file included."""
    source = folder / "hostile.tflite"
    source.write_bytes(mutated(model_bytes(subject), number))
    return [lambda: main(["inspect", str(source)])]


def package(subject: str, number: int, folder: Path) -> list[Task]:
    """A damaged .mlpackage through all that reads one; `verify`, which starts LiteRT, each tenth time."""
    sound = sound_package(folder.parent / "sound")
    hostile = folder / "Hostile.mlpackage"
    bundles.damage(shutil.copytree(sound, hostile), folder.parent / "secret", Random(number))
    picture, source = folder.parent / "sound" / "grey.png", folder.parent / "sound" / "tiny.tflite"
    commands: list[list[object]] = [["inspect", hostile], ["lint", hostile], ["predict", hostile, picture]]
    if number % 10 == 0:
        commands.append(["verify", hostile, "--against", source, "--cases", 1])
    return [lambda words=words: main([str(word) for word in words]) for words in commands]  # type: ignore[misc]


@cache
def sound_package(folder: Path) -> Path:
    """A small package that is as it should be, with its source and a picture beside it."""
    from PIL import Image

    from blazemesh.conversion import convert as convert_model

    folder.mkdir()
    (folder / "tiny.tflite").write_bytes(small_model())
    convert_model(folder / "tiny.tflite", folder / "Tiny.mlpackage", check=False)
    Image.new("L", (20, 10), 100).save(folder / "grey.png")
    return folder / "Tiny.mlpackage"


def picture(subject: str, number: int, folder: Path) -> list[Task]:
    """A broken, huge or odd picture, read and fitted into an input; each tenth through the whole command."""
    from blazemesh.pictures import read_picture
    from blazemesh.prediction import fit

    path = folder / images.file_name(subject)
    path.write_bytes(images.hostile(subject, Random(number)))
    if number % 10 == 0:
        tiny = sound_package(folder.parent / "sound")
        return [lambda: main(["predict", str(tiny), str(path)])]
    return [lambda: fit(read_picture(path), 8, 8)]


def catalog(subject: str, number: int, folder: Path) -> list[Task]:
    """A models.toml that is none, or says what can't be."""
    path = folder / "models.toml"
    path.write_bytes(texts.hostile_catalog(Random(number)))
    return [lambda: load_catalog(path)]


def manifest(subject: str, number: int, folder: Path) -> list[Task]:
    """A manifest.json that is none, or says what can't be, and all that a build asks of it."""
    from blazemesh.manifest import is_there, read_manifest, table

    (folder / "manifest.json").write_bytes(texts.hostile_manifest(Random(number)))

    def task() -> None:
        found = read_manifest(folder)
        table(found.models)
        assert not any(is_there(folder, entry) for entry in found.models)

    return [task]


def planted(subject: str, number: int, folder: Path) -> list[Task]:
    """What must be found: without it nobody would know that the harness can fail."""
    from converters.tflite_reader import _FileReader

    def hang() -> None:
        while True:
            pass

    def noise() -> int:
        print("blazemesh: error: one line\nblazemesh: error: another", file=sys.stderr)
        return 2

    def defect() -> int:
        print("blazemesh: error: a defect of this program, please report it: x.py, line 1", file=sys.stderr)
        return 2

    tasks: dict[str, Task] = {
        "reader": lambda: _FileReader(mutated(small_model(), number), "hostile.tflite").graph(),
        "hang": hang,
        "memory": lambda: bytearray(3 << 30),
        "write": lambda: (folder.parent.parent / "elsewhere").write_bytes(b""),
        "folder": lambda: (folder.parent.parent / "another").mkdir(),
        "secret": lambda: (folder.parent.parent / "secret").read_bytes(),
        "noise": noise,
        "defect": defect,
        "native": lambda: os.write(2, b"a library's remark\n") and None,
        "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    }
    return [tasks[subject]]


PLANTED = ("reader", "hang", "memory", "write", "folder", "secret", "noise", "defect", "native", "crash")

TARGETS: dict[str, tuple[Target, tuple[str, ...]]] = {
    "read": (read, MODELS),
    "convert": (convert, MODELS),
    "inspect": (inspect, MODELS),
    "judge": (judge, ("small",)),
    "package": (package, ("small",)),
    "picture": (picture, tuple(images.FORMATS)),
    "catalog": (catalog, ("models.toml",)),
    "manifest": (manifest, ("manifest.json",)),
    "planted": (planted, PLANTED),
}
"""Each target and its subjects."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blazemesh.app_icon import APPEARANCES, FOLDER, draw_icon
from tests.ios_app.catalogue import catalogue_findings, name_findings
from tests.ios_app.conftest import Sample
from tests.ios_app.settings import effective_settings

MEAN, MOST = 0.5, 64
"""Of 255. Drawn again on one machine there is no difference. Another Pillow or processor may put a line's edge into the
next sample of the layer, of which a pixel has 4 × 4. All lines moved by a sample differ by 1.5 in the mean, 60 at most,
moved by a pixel by 6.1 and 238; another ground by 24 in the mean."""

ICON, STILL, ACCENT = "AppIcon.appiconset", "Astronaut.imageset", "AccentColor.colorset"


def differences(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    """Mean and largest difference of two pictures' channels."""
    apart = np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16))
    return float(apart.mean()), int(apart.max())


@pytest.mark.parametrize("name", APPEARANCES)
def test_the_icon_is_what_is_drawn(name: str) -> None:
    mean, most = differences(Image.open(FOLDER / name), draw_icon(APPEARANCES[name]))
    assert (mean <= MEAN, most <= MOST) == (True, True), (mean, most)


def test_another_drawing_differs_more() -> None:
    icon = Image.open(FOLDER / "icon.png")
    mean, most = differences(icon, Image.fromarray(np.roll(np.asarray(icon), 1, axis=1)))
    assert mean > MEAN
    assert most > MOST
    assert differences(icon, Image.open(FOLDER / "icon-dark.png"))[0] > MEAN


def test_the_catalogue_is_whole(whole: Sample) -> None:
    assert catalogue_findings(whole.catalogue) == []
    for values in effective_settings(whole.project()).values():
        assert name_findings(whole.catalogue, values, whole.sources()) == []


def test_the_astronaut_is_the_project_s_own(whole: Sample) -> None:
    table = json.loads((Path(__file__).parents[2] / "facts" / "astronaut.json").read_text())
    assert (whole.catalogue / STILL / "astronaut.png").stat().st_size == table["bytes"]


def change(sample: Sample, folder: str, old: str, new: str) -> list[str]:
    """What is found once `old` is `new` in a set's Contents.json."""
    sample.replace(old, new, sample.catalogue / folder / "Contents.json")
    return catalogue_findings(sample.catalogue)


@pytest.mark.parametrize(
    ("folder", "old", "new", "words"),
    [
        (STILL, "astronaut.png", "Astronaut.png", "Astronaut.png is named and not there"),
        (STILL, '"universal"', '"phone"', "images has"),
        (STILL, '"filename"', '"file"', "images has"),
        (STILL, '"version" : 1', '"version" : "1"', "info is"),
        (STILL, '"images"', '"pictures"', "images is empty"),
        (STILL, "{", "", "can't be read"),
        (ICON, '"1024x1024"', '"512x512"', "an icon is for ios, 512x512"),
        (ICON, '"dark"', '"darker"', "is no appearance"),
        (ICON, '"dark"', '"tinted"', "two of images"),
        (ACCENT, '"srgb"', '"rgb"', "is no colour"),
        (ACCENT, '"0x8C"', '"8C"', "blue is '8C'"),
    ],
)
def test_a_broken_set_is_found(broken: Sample, folder: str, old: str, new: str, words: str) -> None:
    found = change(broken, folder, old, new)
    assert any(each.startswith(f"{folder}: ") and words in each for each in found), found


def test_a_file_that_nothing_names_is_found(broken: Sample) -> None:
    (broken.catalogue / STILL / "old.png").write_bytes(b"")
    assert catalogue_findings(broken.catalogue) == [f"{STILL}: old.png is there and not named"]


@pytest.mark.parametrize("mode", ["RGBA", "L", "P"])
def test_an_icon_of_other_channels_is_found(broken: Sample, mode: str) -> None:
    file = broken.catalogue / ICON / "icon.png"
    Image.open(file).convert(mode).save(file)
    (found,) = catalogue_findings(broken.catalogue)
    assert "RGB without alpha" in found


def test_an_icon_of_another_size_is_found(broken: Sample) -> None:
    file = broken.catalogue / ICON / "icon.png"
    Image.open(file).resize((512, 512)).save(file)
    (found,) = catalogue_findings(broken.catalogue)
    assert "(512, 512)" in found


@pytest.mark.parametrize(
    ("line", "lacks"),
    [
        ('Image("Astronout")', "Astronout.imageset"),
        ('Image(decorative: "Nobody")', "Nobody.imageset"),
        ('UIImage(named: "Nobody")', "Nobody.imageset"),
        ('Color("Sky")', "Sky.colorset"),
        ('Color("Astronaut")', "Astronaut.colorset"),
    ],
)
def test_a_name_that_the_catalogue_lacks_is_found(whole: Sample, line: str, lacks: str) -> None:
    values: Mapping[str, str] = effective_settings(whole.project())["Debug"]
    assert name_findings(whole.catalogue, values, {"A.swift": line}) == [f"A.swift: there is no {lacks}"]


def test_what_is_not_of_the_catalogue_is_not_looked_for(whole: Sample) -> None:
    values = effective_settings(whole.project())["Debug"]
    text = 'Image(systemName: "camera"); Image("Astronaut"); Color("AccentColor"); Text("Image")'
    assert name_findings(whole.catalogue, values, {"A.swift": text}) == []


@pytest.mark.parametrize(("folder", "words"), [(ICON, "the icon"), (ACCENT, "the accent colour")])
def test_a_set_that_the_settings_name_is_there(broken: Sample, folder: str, words: str) -> None:
    shutil.rmtree(broken.catalogue / folder)
    values = effective_settings(broken.project())["Debug"]
    (found,) = name_findings(broken.catalogue, values, {})
    assert re.fullmatch(rf"{words}: there is no {folder}", found)

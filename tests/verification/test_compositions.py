import json

import numpy as np
import pytest

from verification.compositions import Composition, Paste, compose, digest
from verification.pictures import Picture, Pixels

PHOTOGRAPH: Pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
WHOLE = Paste((20, 20), (20, 20), reach=99, scale=1)


def drawn(*pastes: Paste, side: int = 40, backdrop: str = "black", bars: int = 0) -> Pixels:
    return compose(Composition(side, backdrop, pastes, bars), PHOTOGRAPH)


def test_the_photograph_itself_is_unchanged() -> None:
    np.testing.assert_array_equal(drawn(WHOLE), PHOTOGRAPH)


def test_a_point_of_the_photograph_comes_to_its_target() -> None:
    moved = drawn(Paste((20, 20), (23, 15), reach=99, scale=1))
    np.testing.assert_array_equal(moved[:-5, 3:], PHOTOGRAPH[5:, :-3])
    np.testing.assert_array_equal(moved[:, :4], np.repeat(moved[:, 3:4], 4, axis=1))  # the border goes on


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_it_turns_clockwise(turns: int) -> None:
    turned = drawn(Paste((20, 20), (20, 20), reach=99, scale=1, degrees=90.0 * turns))
    np.testing.assert_array_equal(turned, np.rot90(PHOTOGRAPH, -turns))


def test_it_is_mirrored_before_it_is_turned() -> None:
    mirrored = drawn(Paste((20, 20), (20, 20), reach=99, scale=1, degrees=90, mirrored=True))
    np.testing.assert_array_equal(mirrored, np.rot90(PHOTOGRAPH[:, ::-1], -1))


def test_smaller_pixels_are_means() -> None:
    quarter = drawn(Paste((20, 20), (5, 5), reach=99, scale=0.25), side=10)
    # Four bilinear samples in the middles of 2 x 2 pixels each: together the plain mean of 4 x 4.
    means = PHOTOGRAPH.reshape(10, 4, 10, 4, 3).mean(axis=(1, 3))
    np.testing.assert_array_equal(quarter, np.floor(means + 0.5))


def test_larger_pixels_are_bilinear() -> None:
    step = np.zeros((2, 2, 3), np.uint8)
    step[:, 1] = 200
    frame = compose(Composition(8, "black", (Paste((1, 1), (4, 4), reach=9, scale=4),)), step)
    assert frame[0, :, 0].tolist() == [0, 0, 25, 75, 125, 175, 200, 200]


def test_only_the_square_is_pasted_and_its_edge_is_smooth() -> None:
    white = np.full((40, 40, 3), 255, np.uint8)
    paste = Paste((20, 20), (5, 5), reach=12, scale=0.25)  # 6 pixels wide: columns 2 to 7
    frame = compose(Composition(10, "grey", (paste,)), white)
    assert frame[5, :, 0].tolist() == [128, 128] + [255] * 6 + [128, 128]
    shifted = Paste((20, 20), (5.3, 5), reach=12, scale=0.25)  # half of the samples of columns 2 and 8
    frame = compose(Composition(10, "grey", (shifted,)), white)
    assert frame[5, :, 0].tolist() == [128, 128, 192] + [255] * 5 + [192, 128]


def test_later_pastes_lie_over_earlier_ones_and_bars_over_all() -> None:
    over = Paste((20, 20), (20, 20), reach=5, scale=1)
    frame = drawn(Paste((0, 0), (20, 20), reach=99, scale=1), over, bars=3)
    np.testing.assert_array_equal(frame[16:24, 16:24], PHOTOGRAPH[16:24, 16:24])
    assert not frame[:, :3].any()
    assert not frame[:, -3:].any()
    assert frame[:, 3].any()


def test_a_paste_beside_the_frame_is_not_seen() -> None:
    np.testing.assert_array_equal(drawn(Paste((20, 20), (-90, 300), reach=5, scale=1)), drawn())


def test_backdrops() -> None:
    plain = [drawn(backdrop=name) for name in ("black", "grey", "white")]
    assert [np.unique(frame).tolist() for frame in plain] == [[0], [128], [255]]
    noise = drawn(backdrop="noise a")
    # SHAKE-256 of the backdrop's name, which no library can change.
    assert noise[0, :2].tobytes().hex() == "ff638af40089"
    assert digest(noise) != digest(drawn(backdrop="noise b"))


def test_a_recipe_reads_back_as_it_was() -> None:
    paste = Paste((1.25, 2.5), (3.1, 4.2), 5.5, 0.3, -12.75, mirrored=True)
    composition = Composition(64, "noise a", (WHOLE, paste), 5)
    assert Composition.from_json(json.loads(json.dumps(composition.to_json()))) == composition


def test_nothing_depends_on_the_photograph_s_memory(astronaut: Picture) -> None:
    paste = Paste((225, 130), (64, 64), 90, 0.7, 20)
    frames = [
        compose(Composition(128, "grey", (paste,)), pixels)
        for pixels in (astronaut.pixels, np.asfortranarray(astronaut.pixels))
    ]
    assert digest(frames[0]) == digest(frames[1])

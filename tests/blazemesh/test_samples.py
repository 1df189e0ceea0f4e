"""MediaPipe's models beyond faces, converted without a line of code that knows them, held to README's table."""

import re
from pathlib import Path

import numpy as np
import pytest

from blazemesh.catalog import PinnedFile, load_catalog
from blazemesh.conversion import convert, judge
from blazemesh.errors import GateError
from blazemesh.readme import read_part
from blazemesh.samples import PART, Measured, measure, table
from tests.conftest import ROOT
from tests.verification.conftest import convolutions
from verification.verify import Verdict

SAMPLES = load_catalog().samples
STATED = read_part((ROOT / "README.md").read_text(encoding="utf-8"), PART)

FLOAT32 = 1e-3
"""Of an output's range; a mask on which LiteRT's own kernels differ as much may be off by twice that difference."""

OTHER_PROCESSOR = 3.0
"""Each figure is a maximum of rounding errors, and the width of a processor's vectors orders the sums."""


def figures(cell: str) -> list[float]:
    return [float(number) for number in cell.split(", ")]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.file))
def test_converts_and_agrees_as_readme_says(sample: PinnedFile, samples: dict[str, Path], tmp_path: Path) -> None:
    measured = measure(sample, samples[sample.name], tmp_path)
    assert 0 < measured.float32 <= max(FLOAT32, 2 * measured.spread)
    assert measured.float16_mean <= 5e-3
    (line,) = [line for line in STATED.splitlines() if line.startswith(f"| {measured.cells()[0]} |")]
    stated = line.strip("| ").split(" | ")
    found = measured.cells()
    assert (found[:3], found[7]) == (tuple(stated[:3]), stated[7])
    for index in (3, 5):
        for ours, theirs in zip(figures(found[index]), figures(stated[index]), strict=True):
            assert ours <= OTHER_PROCESSOR * theirs, (found, stated)


def test_readme_has_every_sample() -> None:
    lines = STATED.splitlines()
    assert "\n".join(lines[:2]) == table([])
    assert [line.split(" | ")[0].strip("| ") for line in lines[2:]] == [s.file.removesuffix(".tflite") for s in SAMPLES]


def test_a_sample_that_does_not_agree_is_no_row(
    samples: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Verdict("X.mlpackage", (), (), ("it is wrong",))
    monkeypatch.setattr("blazemesh.conversion.judge", lambda *_: failed)
    recrop = next(sample for sample in SAMPLES if sample.name == "HandRecrop")
    with pytest.raises(GateError, match="it is wrong"):
        measure(recrop, samples["HandRecrop"], tmp_path)


def test_cells_are_shares_with_two_digits() -> None:
    row = Measured("a_b.tflite", "1 × 2", 3, 0.00012345, 1e-7, 0.25, 1e-3, 1.26, 1234567)
    assert row.cells() == ("a_b", "1 × 2", "3", "1.2e-04", "1.0e-07", "2.5e-01, 1.0e-03", "1.3", "1,234,567")


@pytest.mark.parametrize("name", ["HandRecrop", "SelfieSegmentation"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_one_changed_layer_fails(name: str, share: float, samples: dict[str, Path], tmp_path: Path) -> None:
    """Half the weights of one convolution lose a quarter: the mask's wide float16 limit does not hide it."""
    package = tmp_path / f"{name}.mlpackage"
    convert(samples[name], package, check=False)
    every = convolutions(package)
    _, place = every[int(share * len(every))]
    weights = package / "Data/com.apple.CoreML/weights/weight.bin"
    content = np.frombuffer(weights.read_bytes(), np.uint8).copy()
    content[place].view(np.float16)[::2] *= np.float16(0.75)
    weights.write_bytes(content.tobytes())
    verdict = judge(package, samples[name].read_bytes(), samples[name].name, cases=4)
    failed = [failure for failure in verdict.failures if " in reference float32" in failure]
    assert failed
    assert all(re.search(r"is off by .* value \(limit ", failure) for failure in failed)

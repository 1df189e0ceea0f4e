"""Damaged packages end in a report: no exception, no hang, no memory that a few bytes ask for."""

import json
import random
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from tests.fuzz.specification import rewire, scramble

LONGEST_SECONDS = 10
FILES = ("Manifest.json", "Data/com.apple.CoreML/model.mlmodel", "Data/com.apple.CoreML/weights/weight.bin")


def flip(lab: Any, random_: random.Random) -> None:
    """Some bytes of a file become others."""
    file = lab.path / random_.choice(FILES)
    content = bytearray(file.read_bytes())
    for _ in range(random_.randint(1, 8)):
        content[random_.randrange(len(content))] = random_.randrange(256)
    file.write_bytes(content)


def cut(lab: Any, random_: random.Random) -> None:
    """A file ends early, or a piece of it is gone."""
    file = lab.path / random_.choice(FILES)
    content = file.read_bytes()
    start, end = sorted(random_.randrange(len(content) + 1) for _ in range(2))
    file.write_bytes(content[:start] + random_.choice((b"", content[end:])))


def nonsense(change: Callable[[Any, random.Random], None]) -> "Mutate":
    """A specification that parses, its messages changed by `change`."""
    return lambda lab, random_: lab.specification(lambda model: change(model, random_))


Mutate = Callable[[Any, random.Random], None]

MUTATORS: dict[Mutate, int] = {flip: 40, cut: 40, nonsense(scramble): 60, nonsense(rewire): 60}
"""How often each is used: 200 mutations in all."""


@pytest.mark.parametrize("mutate", MUTATORS)
def test_mutations_end_in_a_report(mutate: Mutate, lab: Any) -> None:
    original = {name: (lab.path / name).read_bytes() for name in FILES}
    broken = 0
    for seed in range(MUTATORS[mutate]):
        for name, content in original.items():
            (lab.path / name).write_bytes(content)
        mutate(lab, random.Random(seed))
        start = time.monotonic()
        report = lab.lint()
        assert time.monotonic() - start < LONGEST_SECONDS, seed
        assert "broke off" not in report.to_text(), (seed, report.to_text())
        json.dumps(report.to_json(), allow_nan=False)
        broken += not report.passed
    assert broken > MUTATORS[mutate] / 3, "the mutations hardly break anything"


def test_a_value_of_any_size_is_not_computed(lab: Any) -> None:
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

    lab.build(lambda x: mb.add(x=x, y=mb.reduce_sum(x=mb.fill(shape=[2, 3], value=1.0), axes=[0, 1])), (1,))
    lab.operation("const", lambda message: _set_ints(message, (2**20, 2**20)))
    tracemalloc.start()
    try:
        report = lab.lint()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2**26
    assert [finding.place for finding in report.findings if finding.rule == "reinference"] == ["fill 'fill_0'"]


def _set_ints(message: Any, values: tuple[int, ...]) -> None:
    ints = message.attributes["val"].immediateValue.tensor.ints
    assert len(ints.values) == len(values)
    ints.values[:] = values


def test_a_split_into_billions_is_refused_before_it_is_made(lab: Any) -> None:
    from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

    lab.build(lambda x: mb.split(x=x, num_splits=2, axis=0), (4, 2))

    def change(model: Any) -> None:
        function = model.mlProgram.functions["main"]
        operations = function.block_specializations[function.opset].operations
        name = next(o for o in operations if o.type == "split").inputs["num_splits"].arguments[0].name
        const = next(o for o in operations if o.outputs[0].name == name)
        const.attributes["val"].immediateValue.tensor.ints.values[:] = [2**30]

    lab.specification(change)
    report = lab.lint()
    assert "split-results" in {finding.rule for finding in report.findings}
    assert report.unchecked == ("reinference",)


def test_deeply_nested_json_and_huge_files_are_not_read(lab: Any) -> None:
    (lab.path / "Manifest.json").write_text("[" * 100_000)
    assert not lab.lint().passed
    with (lab.path / "Manifest.json").open("wb") as file:
        file.truncate(2**34)
    assert "at most" in lab.lint().findings[0].message

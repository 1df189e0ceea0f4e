"""Damaged packages end in a report: no exception, no hang, no memory that a few bytes ask for."""

import json
import random
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

LONGEST_SECONDS = 10
FILES = ("Manifest.json", "Data/com.apple.CoreML/model.mlmodel", "Data/com.apple.CoreML/weights/weight.bin")
NUMBERS = (0, 1, 2, 5, 7, 64, 127, 2**16, 2**31 - 1)


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


def scramble(lab: Any, random_: random.Random) -> None:
    """Fields of the specification's messages, at any depth, become other values of their type."""

    def change(model: Any) -> None:
        for _ in range(random_.randint(1, 4)):
            message = model
            while (inner := _messages(message)) and random_.random() < 0.9:
                message = random_.choice(inner)
            _scramble_fields(message, random_)

    lab.specification(change)


def _messages(message: Any) -> list[Any]:
    """The messages directly inside one, map entries' among them."""
    found: list[Any] = []
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            found += [value[key] for key in sorted(value) if hasattr(value[key], "ListFields")]
        else:
            found += list(value) if hasattr(value, "append") else [value]
    return found


def _scramble_fields(message: Any, random_: random.Random) -> None:
    fields = [field for field, _ in message.ListFields()]
    if not fields:
        return
    field = random_.choice(fields)
    value = getattr(message, field.name)
    if field.type == field.TYPE_MESSAGE or hasattr(value, "append") or hasattr(value, "keys"):
        message.ClearField(field.name)
    elif isinstance(value, bool):
        setattr(message, field.name, not value)
    elif isinstance(value, int):
        setattr(message, field.name, random_.choice(NUMBERS))
    elif isinstance(value, str):
        setattr(message, field.name, random_.choice(("", "main", "relu", "conv", "x", "../x", "9", value + "\n")))
    else:
        message.ClearField(field.name)


def rewire(lab: Any, random_: random.Random) -> None:
    """Operations change places, kinds and constants, are doubled or gone: what coremltools rebuilds is nonsense."""

    def change(model: Any) -> None:
        function = model.mlProgram.functions["main"]
        operations = function.block_specializations[function.opset].operations
        kinds = sorted({operation.type for operation in operations} | {"fill", "tile", "split", "pad", "topk"})
        for _ in range(random_.randint(1, 3)):
            one, other = (random_.randrange(len(operations)) for _ in range(2))
            _rewire(operations, one, other, kinds, random_)

    lab.specification(change)


def _rewire(operations: Any, one: int, other: int, kinds: list[str], random_: random.Random) -> None:
    what = random_.choice(("kind", "inputs", "outputs", "order", "numbers", "gone"))
    if what == "kind":
        operations[one].type = random_.choice(kinds)
    elif what == "inputs":
        for parameter in sorted(operations[other].inputs):
            operations[one].inputs[parameter].CopyFrom(operations[other].inputs[parameter])
    elif what == "outputs":
        operations[one].outputs[0].type.CopyFrom(operations[other].outputs[0].type)
    elif what == "order":
        moved = operations.pop(one)
        operations.insert(other, moved)
    elif what == "numbers":
        constants = [o for o in operations if o.attributes["val"].immediateValue.tensor.ints.values]
        values = random_.choice(constants).attributes["val"].immediateValue.tensor.ints.values
        values[random_.randrange(len(values))] = random_.choice((*NUMBERS, -1, -(2**31)))
    elif len(operations) > 1:
        del operations[one]


Mutate = Callable[[Any, random.Random], None]

MUTATORS: dict[Mutate, int] = {flip: 40, cut: 40, scramble: 60, rewire: 60}
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

"""Each target's share of `make test`: the same mutations every time. `make fuzz` goes on where these end."""

from pathlib import Path

import pytest

from tests.fuzz.campaign import Job, Outcome, fuzz
from tests.fuzz.flatbuffer import places
from tests.fuzz.mutations import aimed, changed_in_meaning, mutated
from tests.fuzz.targets import PLANTED, TARGETS

COUNTS = {
    "read": 1000,
    "convert": 20,
    "judge": 30,
    "package": 300,
    "picture": 50,
    "catalog": 300,
    "manifest": 300,
}
"""Mutations of each subject of a target: five models, one small package, six kinds of pictures."""

REGRESSIONS = [
    "judge:small:361:1",  # an output's name that is no UTF-8, which LiteRT's bindings raise UnicodeDecodeError for
    "package:small:17:1",  # a file of 16 GB, read whole
    "package:small:116:1",  # the SHA-256 of 16 GB
    "picture:tiff:20:1",  # libtiff's remarks on standard error
    "picture:tiff:48:1",
]
"""What was found by these mutations; further ones stand beside what was wrong, as tests of their own."""


@pytest.fixture(scope="module")
def outcomes(models: dict[str, Path]) -> dict[str, Outcome]:
    """What came of all of them."""
    jobs = [Job(target, subject, 0, count) for target, count in COUNTS.items() for subject in TARGETS[target][1]]
    return fuzz(jobs)


@pytest.mark.parametrize("target", COUNTS)
def test_hostile_input_ends_in_a_result_or_one_clear_line(target: str, outcomes: dict[str, Outcome]) -> None:
    for subject in TARGETS[target][1]:
        outcome = outcomes[f"{target}:{subject}"]
        assert outcome.findings == []
        assert outcome.mutations == COUNTS[target]
        assert outcome.refusals > 0, "nothing was refused: the mutations hardly break anything"
        assert outcome.results > 0, "all was refused: the mutations break everything at the door"


def test_what_was_found_once_is_right_now() -> None:
    words = [regression.split(":") for regression in REGRESSIONS]
    jobs = [Job(target, subject, int(first), int(count)) for target, subject, first, count in words]
    assert {name: outcome.findings for name, outcome in fuzz(jobs).items()} == {job.name: [] for job in jobs}


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """What the harness finds where something is wrong on purpose."""
    outcomes = fuzz([Job("planted", subject, 0, 20 if subject == "reader" else 1) for subject in PLANTED])
    return {name.removeprefix("planted:"): outcome.findings for name, outcome in outcomes.items()}


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("reader", "error: "),
        ("hang", "Hang: too much processor time"),
        ("memory", "MemoryError"),
        ("write", "opened to write outside the folder"),
        ("folder", "os.mkdir outside the folder"),
        ("secret", "read outside the folder"),
        ("noise", "no clear line"),
        ("defect", "no clear line: 'blazemesh: error: a defect"),
        ("native", "and yet it says \"a library's remark"),
        ("crash", "ends the process (-11)"),
    ],
)
def test_what_is_planted_is_found(subject: str, said: str, found: dict[str, list[str]]) -> None:
    assert found[subject], "nothing was found"
    assert any(said in finding for finding in found[subject]), found[subject]


def test_the_walker_finds_every_kind_of_number(models: dict[str, Path]) -> None:
    found = places(models["BlazeFaceFullRange"].read_bytes())
    for what in (
        "root offset",
        "Model vtable offset",
        "Tensor vtable size",
        "Operator vtable entry",
        "Model.subgraphs length",
        "SubGraph.tensors element offset",
        "OperatorCode.deprecated_code",
        "Tensor.shape element",
        "Tensor.type",
        "Tensor.buffer",
        "Tensor.quantization offset",
        "Quantization vtable size",
        "Sparsity.order element",
        "Dimension.dense_size",
        "Buffer.data length",
        "Options.option_0",
    ):
        assert found[what], what


def test_what_the_walker_finds_is_what_the_schema_says(models: dict[str, Path]) -> None:
    from ai_edge_litert.schema_py_generated import Model

    data = models["BlazeFaceFullRange"].read_bytes()
    graph = Model.GetRootAs(data, 0).Subgraphs(0)

    def numbers(what: str) -> list[int]:
        return [int.from_bytes(data[p.start : p.start + p.size], "little") for p in places(data)[what]]

    tensors = [graph.Tensors(index) for index in range(graph.TensorsLength())]
    assert sorted(numbers("Tensor.buffer")) == sorted(t.Buffer() for t in tensors if t.Buffer())
    assert sorted(numbers("Tensor.shape length")) == sorted(t.ShapeLength() for t in tensors if not t.ShapeIsNone())
    assert numbers("SubGraph.operators length") == [graph.OperatorsLength()]


def test_a_mutation_is_the_same_each_time_and_another_each_number(models: dict[str, Path]) -> None:
    data = models["BlazeFaceShortRange"].read_bytes()
    for mutate in (mutated, changed_in_meaning):
        made = [mutate(data, number) for number in range(40)]
        assert made == [mutate(data, number) for number in range(40)]
        assert len({*made, data}) > 36
    import random

    assert sum(a != b for a, b in zip(data, aimed(data, random.Random(1)), strict=True)) <= 24

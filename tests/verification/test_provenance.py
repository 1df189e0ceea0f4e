import json
from typing import Any

import pytest

from converters.provenance import SOURCE_KEY as WRITTEN_KEY
from verification.executor.errors import PackageError
from verification.provenance import SOURCE_KEY, Source, SourceInput, SourceOutput, read_source

RECORD: dict[str, Any] = {
    "version": 1,
    "file": "x.tflite",
    "sha256": "0" * 64,
    "subject": "face",
    "inputs": [{"name": "image", "tensor": "input_1", "kind": "image", "range": [-1, 1]}],
    "outputs": [{"name": "landmarks", "tensor": "conv2d_21", "unit": "px", "shape": [468, 3]}],
}


def read(record: object) -> Source:
    return read_source("X.mlpackage", {SOURCE_KEY: record if isinstance(record, str) else json.dumps(record)})


def test_both_sides_mean_the_same_key() -> None:
    assert SOURCE_KEY == WRITTEN_KEY


def test_the_record_is_read() -> None:
    assert read(RECORD) == Source(
        "x.tflite",
        "0" * 64,
        "face",
        (SourceInput("image", "input_1", -1.0, 1.0),),
        (SourceOutput("landmarks", "conv2d_21", "px", (468, 3)),),
    )


def test_a_missing_record_says_what_is_expected() -> None:
    with pytest.raises(PackageError, match=r"^X\.mlpackage: no 'com\.blazemesh\.source' in its metadata, so nothing"):
        read_source("X.mlpackage", {})


BROKEN: list[object] = [
    "",
    "{",
    "[" * 100_000,
    "9" * 5000,
    [],
    1,
    None,
    "text",
    *({key: value for key, value in RECORD.items() if key != left_out} for left_out in RECORD),
    {**RECORD, "version": 2},
    {**RECORD, "subject": "hand"},
    {**RECORD, "subject": ["face"]},
    {**RECORD, "inputs": 1},
    {**RECORD, "inputs": ["image"]},
    {**RECORD, "inputs": [{"name": "image", "tensor": "t", "range": [0]}]},
    {**RECORD, "inputs": [{"name": "image", "tensor": "t", "range": [0, "one"]}]},
    {**RECORD, "inputs": [{"name": "image", "tensor": "t", "range": [0, float("nan")]}]},
    {**RECORD, "inputs": [{"name": "image", "tensor": "t", "range": [0, 10**400]}]},
    {**RECORD, "outputs": {"name": "landmarks"}},
    {**RECORD, "outputs": [{"name": "landmarks"}]},
]


@pytest.mark.parametrize("record", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_record_is_one_line(record: object) -> None:
    with pytest.raises(PackageError, match=r"^X\.mlpackage: broken metadata 'com\.blazemesh\.source' \(.+\); convert"):
        read(record)

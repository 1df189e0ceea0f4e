from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apple.selection import Selection

OPSETS = {7: "iOS16", 8: "iOS17"}


class Version(int):
    """Stands in for coremltools' AvailableTarget, an enumeration whose members are ordered."""

    @property
    def name(self) -> str:
        return OPSETS[self]


def _item(number: int, opset: int, mode: str) -> Any:
    backend = SimpleNamespace(opset_version=Version(opset), precision="fp32")
    parameters = {"backend": backend, "number": number, "mode": mode}
    return SimpleNamespace(nodeid=f"a.py::Test::test[{number}]", callspec=SimpleNamespace(params=parameters))


ITEMS = [_item(number, opset, mode) for mode in ("same", "valid") for opset in OPSETS for number in range(5)]


def _numbers(items: Iterable[Any]) -> list[tuple[str, str, int]]:
    parameters = [item.callspec.params for item in items]
    return [(given["mode"], given["backend"].opset_version.name, given["number"]) for given in parameters]


def test_shares_make_up_the_whole() -> None:
    shares = [Selection({"iOS16", "iOS17"}, None, (i, 3)).of(ITEMS) for i in range(3)]
    assert sorted(_numbers(item for share in shares for item in share)) == sorted(_numbers(ITEMS))


def test_a_few_of_each_group_are_of_its_newest_opset() -> None:
    assert _numbers(Selection({"iOS16", "iOS17"}, 1, (0, 1)).of(ITEMS)) == [("same", "iOS17", 2), ("valid", "iOS17", 2)]


@pytest.mark.parametrize("other", [SimpleNamespace(nodeid="a.py::test"), *ITEMS[5:10]])
def test_other_opsets_and_tests_without_a_prediction_are_left_out(other: Any) -> None:
    assert Selection({"iOS16"}, None, (0, 1)).of([other]) == []

from converters.ops.registry import handlers
from converters.ops.table import operators_table
from tests.conftest import ROOT


def test_the_document_is_up_to_date() -> None:
    document = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert operators_table() in document, (
        "docs/operators.md is out of date: put in what converters.ops.table.operators_table() gives"
    )


def test_every_kind_stands_in_it_once() -> None:
    table = operators_table()
    assert all(table.count(f"`{kind}`") == 1 for kind in handlers())
    assert table.count("\n") == 4 + len({*handlers().values()})

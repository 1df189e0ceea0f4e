import hashlib
import re

from swift_templates.app import PRODUCTS
from swift_templates.xcode_project import identifier, identifiers
from tests.ios_app.conftest import Sample
from tests.ios_app.identifiers import identifier_findings

EXPECTED = identifiers(PRODUCTS).values()


def findings(sample: Sample) -> list[str]:
    return identifier_findings(sample.project(), EXPECTED)


def test_an_identifier_is_the_beginning_of_its_name_s_digest() -> None:
    digest = hashlib.sha256(b"BlazeMeshSample/target").hexdigest()
    assert identifier("target") == digest[:24].upper()


def test_each_is_there_once(whole: Sample) -> None:
    assert findings(whole) == []
    assert len(whole.project().declared) == len(set(EXPECTED)) == 12 + 2 * len(PRODUCTS) + 4


def test_a_duplicated_one_is_found(broken: Sample) -> None:
    """Another object with the target's identifier: a dictionary keeps one of the two."""
    target = identifier("target")
    (products,) = re.findall(r"\t\t\w{24} /\* Products \*/ = \{.*?\n\t\t\};\n", broken.file.read_text(), re.DOTALL)
    broken.replace(products, products + products.replace(identifier("products group"), target))
    assert findings(broken) == [f"{target} is there 2 times"]


def test_one_that_is_not_derived_is_found(broken: Sample) -> None:
    text = broken.file.read_text()
    broken.file.write_text(text.replace(identifier("package"), "0" * 24))
    assert findings(broken) == [f"{'0' * 24} is derived from no name", f"{identifier('package')} is not there"]

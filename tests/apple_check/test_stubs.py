"""Each declaration of a stub stands under the path of its page in Apple's documentation."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apple_check.stubs import FLAGS, FOLDER

STUBS = sorted(FOLDER.glob("*.swiftinterface"))

KINDS = r"struct|class|enum|protocol|extension|func|let|var|typealias"
DECLARATION = re.compile(rf"^ *(?:[@\w(),:. ]+ )?(?P<kind>{KINDS}) `?(?P<name>[\w.]+)`?(?P<rest>.*)$")
MEMBER = re.compile("class (func|var)")
TYPES = ("struct", "class", "enum", "protocol", "extension")
NOT_APPLES = re.compile(r"^// (What|The compiler) ")
"""Said of the few declarations that the compiler needs and no page has."""


def declarations(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Each declaration at the top, and each type inside of another: kind, name, rest of its line, the comment above."""
    above = ""
    for line in text.splitlines():
        found = DECLARATION.match(line)
        if line.strip().startswith("//"):
            above = line.strip()
        elif found and (not line.startswith(" ") or (found["kind"] in TYPES and not MEMBER.search(line))):
            yield found["kind"], found["name"], found["rest"], above
            above = ""


def page_name(kind: str, name: str, rest: str) -> str:
    """The last part of a page's path: a function's holds its labels."""
    if kind != "func":
        return name.rpartition(".")[2].lower()
    taken = re.sub(r"<[^>]*>|\([^()]*\) (?:throws )?->(?= \w+\??(?:[,)]| =))", "", rest).split(" -> ")[0]
    labels = re.findall(r"[(,] *(\w+)(?: \w+)?:", taken)
    return f"{name}({''.join(f'{label}:' for label in labels)})".lower()


@pytest.mark.parametrize("path", STUBS, ids=lambda path: path.stem)
def test_each_declaration_names_its_page(path: Path) -> None:
    found = list(declarations(path.read_text(encoding="utf-8")))
    assert found
    wrong = []
    for kind, name, rest, above in found:
        last = above.removeprefix("// documentation/").rpartition("/")[2]
        page = re.sub(r"-swift\.(struct|enum|class)$", "", last)
        named = above.startswith("// documentation/") and page == page_name(kind, name, rest)
        if not named and not NOT_APPLES.match(above):
            wrong.append(f"{kind} {name}: {above or 'nothing above it'}")
    assert wrong == []


def test_a_declaration_without_its_page_is_found() -> None:
    text = "// documentation/avfoundation/avmediatype\npublic struct AVMediaType {\n}\npublic class Other {\n}\n"
    assert [(name, above) for _, name, _, above in declarations(text)] == [
        ("AVMediaType", "// documentation/avfoundation/avmediatype"),
        ("Other", ""),
    ]


def test_each_type_in_c_names_its_page() -> None:
    headers = sorted((FOLDER / "headers").glob("*.h"))
    text = "".join(header.read_text(encoding="utf-8") for header in headers)
    types = re.findall(r"(.*)\ntypedef .*?(\w+?)(?:Ref)?;", text)
    classes = re.findall(r"(.*)\n(?:__attribute__.*\n)?@(?:interface|protocol) (\w+)", text)
    pages = {name: above.rpartition("/")[2].partition("-")[0] for above, name in (*types, *classes)}
    expected = {name: name.lower() for name in pages} | {"CFType": "cftyperef"}
    assert {"CVPixelBuffer", "CMSampleBuffer", "NSString"} <= pages.keys()
    assert pages == expected


def test_stubs_are_read_as_swift_5() -> None:
    """In Swift 6 mode a framework's silent classes would be treated otherwise than Apple's Objective-C classes are."""
    assert "-swift-version 5" in FLAGS
    assert "-enable-library-evolution" in FLAGS

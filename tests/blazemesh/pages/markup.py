"""Whether a page's markup is whole."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> in line {self.getpos()[0]}")


def unbalanced(page: str) -> list[str]:
    """The end tags that close nothing or something else, and what is still open at the end."""
    reader = _Balance()
    reader.feed(page)
    reader.close()
    return [*reader.wrong, *reader.open]

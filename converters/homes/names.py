"""Names that are each given once."""


class Names:
    """The names of one model: an operator's scope, and what it is made of behind it, with `separator` between."""

    def __init__(self, separator: str) -> None:
        self.separator = separator
        self.scope = ""
        self.taken: set[str] = set()

    def begin(self, scope: str) -> None:
        """What follows belongs to the operator called `scope`, a path with slashes."""
        self.scope = scope.replace("/", self.separator)

    def fresh(self, word: str = "") -> str:
        """A name in the scope: the scope itself while it is free, else with the word behind it."""
        name = f"{self.scope}{self.separator}{word}" if word else self.scope
        number = 1
        while name in self.taken:
            number += 1
            name = f"{self.scope}{self.separator}{word or 'step'}{number}"
        self.taken.add(name)
        return name

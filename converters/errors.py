"""What the converter says when it can't go on."""


class ConversionError(ValueError):
    """The source can't be read or converted: one line that names the file, the operator and the tensor."""

    def __init__(self, message: str) -> None:
        # Names come out of the file and may hold anything, line ends and a terminal's escape codes included.
        super().__init__("".join(char if char.isprintable() else " " for char in message))

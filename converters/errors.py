"""What the converter says when it can't go on."""


class ConversionError(ValueError):
    """The source can't be read or converted: one line that names the file, the operator and the tensor."""

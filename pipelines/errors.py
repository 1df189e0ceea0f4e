"""What the pipelines say when arrays do not fit together."""


class ShapeError(ValueError):
    """An array's shape is not the one that its step needs: one line with the shape found and the one expected."""


class FormError(ValueError):
    """A package's metadata do not say what its outputs are: one line with what is wrong."""


class OperatorError(ValueError):
    """An operator's options or operands are not the ones that it takes: one line that begins with its name."""

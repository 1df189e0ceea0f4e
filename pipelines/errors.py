"""What the pipelines say when arrays do not fit together."""


class ShapeError(ValueError):
    """An array's shape is not the one that its step needs: one line with the shape found and the one expected."""

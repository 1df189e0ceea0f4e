"""What rendering says when the manifest can't become Swift."""


class RenderError(ValueError):
    """The manifest can't become Swift: one line with what was found and what was expected."""

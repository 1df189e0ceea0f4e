"""What the runtime says when it is given something that is no frame, region or mesh."""


class FrameError(ValueError):
    """A frame, region or mesh can't be used: one line with what was found and what was expected."""

"""What the runtime says when it is given something that it can't use."""


class FrameError(ValueError):
    """A frame, region or mesh can't be used: one line with what was found and what was expected."""


class EngineError(ValueError):
    """A network can't be executed, or is not the one that it should be: one line with what was found and expected."""


class SourceError(ValueError):
    """Frames can't be read from a file or a camera: one line with what was found and what was expected."""

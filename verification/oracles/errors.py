"""What an oracle says when it can't answer."""


class OracleError(ValueError):
    """The original can't be executed, or is not the one that the package was made from."""

"""The two ways a command ends badly: its input was bad, or a gate found what it looks for; and the exit codes."""

DONE, GATE_FAILED, BAD_INPUT = 0, 1, 2
INTERRUPTED = 130


class InputError(ValueError):
    """Bad input or environment: one line that says what was found, what was expected and what to do (exit code 2)."""


class GateError(RuntimeError):
    """A gate failed: the packages and their source do not agree, or a check refused them (exit code 1)."""

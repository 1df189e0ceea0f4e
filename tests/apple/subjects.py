"""Which operators of an executed program a test is about."""

from collections.abc import Iterable

from verification.executor.program import Program


def subjects(program: Program, test: str) -> list[str]:
    """The kinds of operator that the test's class names, such as leaky_relu for TestLeakyReLU; else all but casts.

    coremltools puts casts around every fp16 program, so they count only where a test names them.
    """
    kinds = set(program.histogram())
    named = {kind for kind in kinds if kind.replace("_", "") in _words(test)}
    return sorted(named or kinds - {"cast"})


def _words(test: str) -> Iterable[str]:
    """TestLeakyReLU → leakyrelu; a mode among the parameters, as in [mode=cast], names its operator too."""
    name, _, parameters = test.partition("[")
    for part in name.split("::"):
        yield part.removeprefix("Test").replace("_", "").lower()
    for parameter in parameters.rstrip("]").split("-"):
        yield parameter.rpartition("=")[2].replace("_", "").lower()

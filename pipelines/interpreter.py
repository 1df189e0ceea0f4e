"""LiteRT's interpreter, ready to run a model on one thread."""

from contextlib import nullcontext
from typing import Any

from pipelines.silence import no_native_messages


def allocated(model: bytes, delegate: bool) -> Any:
    """An interpreter of `model`: with the XNNPACK delegate, which is fast and fuses operators away, or without it,
    keeping every intermediate tensor. RuntimeError or ValueError, LiteRT's own, where it does not run the model.
    """
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    resolvers = OpResolverType.BUILTIN if delegate else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    with no_native_messages() if delegate else nullcontext():
        interpreter = Interpreter(
            model_content=model,
            num_threads=1,
            experimental_op_resolver_type=resolvers,
            experimental_preserve_all_tensors=not delegate,
        )
        interpreter.allocate_tensors()
    return interpreter

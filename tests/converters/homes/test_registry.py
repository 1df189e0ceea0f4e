"""One function a kind, and as many kinds as Core ML has."""

from typing import Any

import pytest

from converters.homes import registry as homes
from converters.ops import registry as ops


def test_a_home_has_every_kind_that_core_ml_has() -> None:
    assert homes.handlers().keys() == ops.handlers().keys()


def test_a_kind_has_one_function() -> None:
    def again(context: Any, operator: Any) -> None: ...

    homes.handlers()
    with pytest.raises(ValueError, match="ADD is registered twice: emit_binary, again"):
        homes.register("ADD")(again)


def test_a_function_has_the_signature_of_all() -> None:
    def odd(context: Any) -> None: ...

    with pytest.raises(TypeError, match=r"odd takes \['context'\], expected \(context, operator\)"):
        homes.register("ODD")(odd)  # type: ignore[arg-type]

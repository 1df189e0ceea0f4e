from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from coremltools.converters.mil import Builder as mb  # noqa: N813 (its documented alias)

from verification.executor.dtypes import Array
from verification.executor.errors import PackageError

Run = Callable[..., dict[str, Array]]
Random = Callable[..., Array]

STEPS, BATCH, INPUTS, HIDDEN = 5, 2, 3, 4
ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "tanh": np.tanh,
    "scaled_tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
}


def lstm(x: Array, h: Array, c: Array, given: dict[str, Any]) -> tuple[Array, Array, Array]:
    """An LSTM by the formulas in the docstring of `lstm` in coremltools' recurrent.py."""
    gate, candidate, output = (
        ACTIVATIONS[given.get(key, default)]
        for key, default in (("recurrent_activation", "sigmoid"), ("cell_activation", "tanh"), ("activation", "tanh"))
    )
    weights_x, weights_h = np.split(given["weight_ih"], 4), np.split(given["weight_hh"], 4)
    bias = np.split(given.get("bias", np.zeros(4 * HIDDEN)), 4)
    peephole = np.split(given.get("peephole", np.zeros(3 * HIDDEN)), 3)
    limit = given.get("clip", np.inf)
    states = []
    for step in x[::-1] if given.get("direction") == "reverse" else x:
        i, f, o, z = (step @ wx.T + h @ wh.T + b for wx, wh, b in zip(weights_x, weights_h, bias, strict=True))
        c = gate(f + c * peephole[1]) * c + gate(i + c * peephole[0]) * candidate(z)
        c = np.clip(c, -limit, limit)
        h = gate(o + c * peephole[2]) * output(c)
        states.append(h)
    return np.stack(states if given.get("output_sequence") else states[-1:]), h, c


CASES: list[dict[str, Any]] = [
    {},
    {"output_sequence": True, "bias": True},
    {"output_sequence": True, "direction": "reverse"},
    {"recurrent_activation": "hard_sigmoid", "cell_activation": "relu", "activation": "linear", "peephole": True},
    {"activation": "scaled_tanh", "clip": np.float32(0.2), "peephole": True, "output_sequence": True},
]


@pytest.mark.parametrize("options", CASES)
def test_lstm(options: dict[str, Any], run: Run, random: Random) -> None:
    given = options | {"weight_ih": random(4 * HIDDEN, INPUTS), "weight_hh": random(4 * HIDDEN, HIDDEN)}
    sizes = {"bias": 4 * HIDDEN, "peephole": 3 * HIDDEN}
    given |= {key: random(size) for key, size in sizes.items() if key in options}
    inputs = {"x": random(STEPS, BATCH, INPUTS), "h": random(BATCH, HIDDEN), "c": random(BATCH, HIDDEN)}
    found = run(lambda x, h, c: mb.lstm(x=x, initial_h=h, initial_c=c, **given), inputs, "lstm")
    for result, expected in zip(found.values(), lstm(inputs["x"], inputs["h"], inputs["c"], given), strict=True):
        assert result.shape == expected.shape
        # Five steps of sums of ten products of about 1.
        assert np.allclose(result, expected, rtol=0, atol=1e-5)


def test_both_directions_are_refused(run: Run, random: Random) -> None:
    weights = {"weight_ih": random(16, 3), "weight_hh": random(16, 4)}
    weights |= {f"{name}_back": weight for name, weight in weights.items()}
    inputs = {"x": random(STEPS, BATCH, INPUTS), "h": random(BATCH, 2 * HIDDEN), "c": random(BATCH, 2 * HIDDEN)}
    with pytest.raises(PackageError, match="weight_hh_back' is not supported"):
        run(lambda x, h, c: mb.lstm(x=x, initial_h=h, initial_c=c, direction="bidirectional", **weights), inputs)

"""Whether the other tests of this folder run."""

import pytest

from blazemesh.errors import InputError
from blazemesh.homes import require_keras


def test_keras_is_here() -> None:
    try:
        require_keras()
    except InputError:
        pytest.skip("the tests of the Keras home need Keras and TensorFlow, in .venv-train: run make test-keras")

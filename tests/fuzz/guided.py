"""A fuzzer guided by coverage (atheris, Apache-2.0) on the reader of `.tflite` files: `python guided.py SECONDS`.

It begins with small models, mutates by the tables half of the time, and ends with the
first exception that is no ConversionError, the input of which it writes to build/fuzz/crash-….
"""

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

try:
    import atheris
except ImportError as error:
    sys.exit(f"skipped: atheris can't be imported ({error})")

with atheris.instrument_imports(include=["converters", "flatbuffers"]):
    from converters.errors import ConversionError
    from converters.tflite_reader import read_tflite

from tests.fuzz.mutations import Random, mutated  # noqa: E402

FOLDER = ROOT / "build" / "fuzz"
LARGEST = 1 << 16


def attempt(data: bytes) -> None:
    """One input; whatever gets out other than a ConversionError is a finding."""
    try:
        read_tflite(data, "hostile.tflite")
    except ConversionError as error:
        if not str(error).isprintable():
            raise RuntimeError("no clear line") from error


def mutate(data: bytes, largest: int, seed: int) -> bytes:
    """Half of the mutations are aimed at the tables; what can't be walked any more is changed as any bytes are."""
    if Random(seed).random() < 0.5:
        return bytes(atheris.Mutate(data, largest))
    try:
        return mutated(data, seed - seed % 2)[:largest]
    except Exception:
        return mutated(data, seed | 1)[:largest]


def main(seconds: int) -> None:
    """Fuzz for so long; libFuzzer ends the process."""
    from tests.blazemesh.conftest import quantised_model, small_model

    corpus = FOLDER / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, model in enumerate((small_model(), small_model("CUMSUM"), quantised_model())):
        (corpus / f"small-{number}").write_bytes(model)
    options = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=10", "-rss_limit_mb=2048"]
    options += [f"-artifact_prefix={FOLDER}/", "-print_final_stats=1", f"-seed={int(time.time()) % 2**31}", str(corpus)]
    atheris.Setup([sys.argv[0], *options], attempt, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]))

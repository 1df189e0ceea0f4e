"""A saved package against its original: both executed on the same cases, every output compared."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from verification.cases import make_cases
from verification.crowded import off_on_crowds
from verification.engines import Engine, engines
from verification.extremes import off_on_extremes
from verification.judge import Judge
from verification.pair import Pair
from verification.parity import ParityRow
from verification.pictures import Picture
from verification.provenance import Meaning


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: a row per output, engine and arithmetic, notes worth reading, and what failed.

    `network` holds rows for the values that a network hands over inside a program that goes on behind it.
    """

    package: str
    rows: tuple[ParityRow, ...]
    notes: tuple[str, ...]
    failures: tuple[str, ...]
    network: tuple[ParityRow, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the package says what its original says."""
        return not self.failures


def verify(
    package: Path,
    model: bytes,
    file: str,
    pictures: Sequence[Picture],
    count: int,
    meaning: Meaning,
    built_in_cases: bool = True,
) -> Verdict:
    """Execute `package` and the original `model` (bytes of the .tflite named `file`) on `count` cases and compare.

    `meaning` is what the original's outputs are known to mean: what the package says of it is not asked.
    `built_in_cases` says that these are the pictures and the count for which the limits were set.

    A package of a face network that saw not one face fails: agreement on noise proves nothing. PackageError or
    OracleError where one of both can't be executed at all.
    """
    with ExitStack() as processes:
        return _judge(Judge(package, model, file, meaning, processes, built_in_cases), pictures, count)


def verify_engine(
    engine: Engine, package: Path, model: bytes, file: str, pictures: Sequence[Picture], count: int, meaning: Meaning
) -> Verdict:
    """What `engine` alone makes of the package, on the cases and within the limits that `verify` has for it.

    The built-in cases are meant: `pictures` and `count` are theirs. Errors are `verify`'s.
    """
    with ExitStack() as processes:
        judge = Judge(package, model, file, meaning, processes, built_in_cases=True)
        pair = Pair(judge, engine)
        failures = _compare(judge, [pair], pictures, count)
    return Verdict(package.name, tuple(pair.outputs.rows()), tuple(pair.notes()), tuple(failures))


def _judge(judge: Judge, pictures: Sequence[Picture], count: int) -> Verdict:
    pairs = [Pair(judge, engine) for engine in engines(judge.package, judge.reference)]
    failures = _compare(judge, pairs, pictures, count)
    scales = {name: differences.scale for name, differences in pairs[0].outputs.differences.items()}
    notes, too_coarse = judge.rounding(scales)
    failures += [*too_coarse, *off_on_extremes(judge, pictures, scales), *off_on_crowds(judge, pictures)]
    rows = tuple(row for pair in pairs for row in pair.outputs.rows())
    inside = tuple(row for pair in pairs for row in (pair.network.rows() if pair.network else ()))
    notes += [*(note for pair in pairs for note in pair.notes()), *_advice([*rows, *inside], len(failures))]
    return Verdict(judge.package.name, rows, (*pairs[0].outputs.idle(), *notes), tuple(failures), inside)


def _compare(judge: Judge, pairs: Sequence[Pair], pictures: Sequence[Picture], count: int) -> list[str]:
    """Give every engine every case; what is beyond its limits then, and whether no case held a face."""
    faces = 0
    for case in make_cases(judge.pictured, judge.source.subject, pictures, count):
        raw = judge.original_outputs(case)
        face = case.face and judge.sees_a_face(raw)
        faces += face
        for pair in pairs:
            pair.add(case, raw, face)
    failures = [failure for pair in pairs for failure in pair.failures()]
    if judge.source.subject != "any" and faces == 0:
        failures.insert(0, f"none of the {count} cases holds a face that the original sees: they prove nothing")
    return failures


def _advice(rows: Sequence[ParityRow], failures: int) -> list[str]:
    """What to do where nothing but rows in float16 arithmetic failed."""
    failed = [row for row in rows if not row.passed]
    if not failed or len(failed) != failures or any(row.arithmetic == "float32" for row in failed):
        return []
    return ["in float32 arithmetic it agrees, it is float16 that costs too much: see --precision float32"]

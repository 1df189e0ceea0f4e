"""`blazemesh convert`: one `.tflite` → one package, verified before it appears."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from blazemesh.catalog import Catalog, load_catalog
from blazemesh.errors import InputError
from blazemesh.packages import SUFFIX, Request, describe, read_model, refuse_unconvertible, write_converted
from blazemesh.staging import publish, refuse_foreign, staging

if TYPE_CHECKING:
    from verification.pictures import Picture
    from verification.verify import Verdict

DEFAULTS = Request()


def convert(
    source: Path,
    destination: Path,
    request: Request = DEFAULTS,
    check: bool = True,
    catalog: Catalog | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> "Verdict | None":
    """Convert `source` and put the package at `destination` if it agrees with its source; None without `check`.

    A package that does not pass is not published. InputError, ConversionError or PackageError in one line; OSError
    where the disk refuses.
    """
    if destination.suffix != SUFFIX:
        raise InputError(f"{str(destination)!r}: expected an output that ends in {SUFFIX}")
    refuse_foreign(destination)
    data, graph = read_model(source)
    refuse_unconvertible(graph)
    features, subject = describe(graph, catalog or load_catalog(), request)
    if subject == "any" and request.input_range is None and any(i.kind == "image" for i in features.inputs):
        progress("nothing says how this model's pictures are scaled: 0…255 become 0…1; see --input-range")
    with staging(destination.absolute().parent) as folder:
        staged = folder / destination.name
        write_converted(graph, features, subject, request, staged)
        progress(f"converted {source.name} ({len(graph.operators)} operators)")
        verdict = judge(staged, data, source.name) if check else None
        if verdict is None or verdict.passed:
            publish(staged, destination, folder)
    return verdict


def judge(
    package: Path, model: bytes, file: str, pictures: "Sequence[Picture] | None" = None, cases: int | None = None
) -> "Verdict":
    """Verify a package on `pictures` (by default the astronaut), in `cases` compositions, by default enough for all."""
    from blazemesh.pictures import astronaut
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from verification.cases import DEFAULT_CASES, enough_cases
    from verification.verify import verify

    shown = [astronaut()] if pictures is None else pictures
    count = enough_cases(shown) if cases is None else cases
    return verify(package, model, file, shown, count, built_in_cases=pictures is None and count == DEFAULT_CASES)

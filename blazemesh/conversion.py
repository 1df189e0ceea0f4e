"""`blazemesh convert`: one `.tflite` → one package, verified before it appears."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from blazemesh.catalog import Catalog, Model, load_catalog
from blazemesh.errors import InputError
from blazemesh.options import SUFFIX, Request
from blazemesh.packages import describe, read_model, refuse_unconvertible, settle_batch, takes_bytes, write_converted
from blazemesh.staging import publish, refuse_foreign, staging
from pipelines.errors import FormError

if TYPE_CHECKING:
    from verification.pictures import Picture
    from verification.provenance import Meaning
    from verification.verify import Verdict

DEFAULTS = Request()


def convert(
    source: str | Path,
    destination: str | Path,
    request: Request = DEFAULTS,
    check: bool = True,
    catalog: Catalog | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> "Verdict | None":
    """Convert `source` and put the package at `destination` if it agrees with its source; None without `check`.

    A package that does not pass is not published: look at the verdict's `passed` and `failures`.

    InputError, ConversionError or PackageError in one line; OSError where the disk refuses.
    """
    source, destination = Path(source), Path(destination)
    if destination.suffix != SUFFIX:
        raise InputError(f"{str(destination)!r}: expected an output that ends in {SUFFIX}")
    refuse_foreign(destination)
    data, graph = read_model(source)
    refuse_unconvertible(graph)
    graph = settle_batch(graph, data, request, progress)
    catalog = catalog or load_catalog()
    features, subject = describe(graph, catalog, request)
    if (
        subject == "any"
        and request.input_range is None
        and any(i.kind == "image" and not takes_bytes(graph, i) for i in features.inputs)
    ):
        progress("nothing says how this model's pictures are scaled: 0…255 become 0…1; see --input-range")
    with staging(destination.absolute().parent) as folder:
        staged = folder / destination.name
        write_converted(graph, features, subject, request, staged)
        progress(f"converted {source.name} ({len(graph.operators)} operators)")
        verdict = judge(staged, data, source.name, None, None, catalog) if check else None
        if verdict is None or verdict.passed:
            publish(staged, destination, folder)
    return verdict


def verify(package: str | Path, against: str | Path) -> "Verdict":
    """Execute `package` and its original, the .tflite `against`, on the built-in cases and compare every output.

    InputError, ConversionError, PackageError or OracleError, one line, where one of both can't be read or executed.
    """
    package, against = Path(package), Path(against)
    data, _ = read_model(against)
    return judge(package, data, against.name)


def judge(
    package: Path,
    model: bytes,
    file: str,
    pictures: "Sequence[Picture] | None" = None,
    cases: int | None = None,
    catalog: Catalog | None = None,
) -> "Verdict":
    """Verify a package on `pictures` (by default the astronaut), in `cases` compositions, by default enough for all.

    What a pinned original's outputs mean, and so their limits, is the catalogue's to say, not the package's.
    """
    from blazemesh.pictures import astronaut
    from blazemesh.quiet import quiet_coremltools

    quiet_coremltools()
    from verification.cases import DEFAULT_CASES, enough_cases
    from verification.verify import verify

    shown = [astronaut()] if pictures is None else pictures
    count = enough_cases(shown) if cases is None else cases
    pinned = (catalog or load_catalog()).by_sha256(hashlib.sha256(model).hexdigest())
    if pinned is not None:
        _refuse_another_form(package, pinned)
    built_in = pictures is None and count == DEFAULT_CASES
    return verify(package, model, file, shown, count, meaning_of(pinned), built_in_cases=built_in)


def _refuse_another_form(package: Path, model: Model) -> None:
    """PackageError where the package's metadata describe another detector or mesh than the pinned model's.

    They say what it must answer: with anchors or thresholds of its own a package would be its own judge. How many slots
    it has, and whether a pipeline puts out landmarks, is a build's choice.
    """
    from pipelines.detector import DETECTORS
    from pipelines.forms.detections import Faces, Proposals, Vision
    from pipelines.forms.landmarks import Eye, FaceMesh
    from pipelines.forms.reading import read_form
    from pipelines.mesh import MESHES
    from verification.executor.errors import PackageError
    from verification.executor.package import load_program

    try:
        form = read_form(load_program(package).metadata.user_defined)
    except FormError as error:
        raise PackageError(f"{package.name}: {error}") from error
    match form:
        case Faces() | Vision() | Proposals():
            expected = DETECTORS.get(model.name)
            same = expected is not None and form.detector == replace(expected, slots=form.detector.slots)
        case FaceMesh() | Eye():
            same = form.mesh == MESHES.get(model.name)
        case _:
            return
    if not same:
        raise PackageError(f"{package.name}: its metadata describe another network than {model.name}; build it again")


def meaning_of(model: Model | None) -> "Meaning":
    """What the outputs of a pinned original mean; nothing is known of another."""
    from verification.provenance import UNKNOWN, Meaning

    return UNKNOWN if model is None else Meaning(model.subject, {o.tensor: o.unit for o in model.outputs})

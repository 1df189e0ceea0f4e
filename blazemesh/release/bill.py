"""The bill of materials: CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json), by the project's own library.

Source models, the packages made of them with each file's SHA-256, the tables in the Swift sources, and what the build
ran on. It has no random and no current part: its serial number is made of its contents.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from uuid import UUID, uuid5

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

import facts
from blazemesh import __version__
from blazemesh.catalog import Catalog, Model
from blazemesh.errors import GateError
from blazemesh.manifest import Entry, Manifest
from blazemesh.release import NAME, Tree
from blazemesh.release.lock import LOCK, Locked, build_tools, read_lock
from blazemesh.release.notices import TABLES
from blazemesh.release.sums import sha256

VERSION = SchemaVersion.V1_6
MEDIAPIPE = "https://github.com/google-ai-edge/mediapipe"
WRITER = "cyclonedx-python-lib"
LICENCE = DisjunctiveLicense(id="Apache-2.0")


@dataclass(frozen=True)
class Materials:
    """What a bill lists: the archives, the packages' files by path, and the commit of the repository."""

    manifest: Manifest
    archives: Tree
    packages: Tree
    commit: str
    time: datetime


def write_bill(materials: Materials, catalog: Catalog) -> bytes:
    """The bill as JSON; GateError where the library's own schema refuses it."""
    lock = LOCK.read_bytes()
    locked = read_lock(lock.decode())
    product = _product(materials)
    writers = [_tool(locked[WRITER]), Component(name="blazemesh", version=__version__, bom_ref="blazemesh")]
    metadata = BomMetaData(timestamp=materials.time, component=product, tools=ToolRepository(components=writers))
    bom = Bom(metadata=metadata)
    bom.register_dependency(product, [*_add_packages(bom, materials, catalog), *_add_tables(bom)])
    _add_tools(bom, build_tools(locked), lock)
    return _render(bom)


def _add_packages(bom: Bom, materials: Materials, catalog: Catalog) -> list[Component]:
    """The Core ML packages, each depending on the models that it was made from, which are added too."""
    models = {model.name: _source(model, catalog) for model in catalog.models}
    packages = []
    for entry in materials.manifest.models:
        packages.append(_package(entry, materials.packages))
        bom.register_dependency(packages[-1], [models[catalog.product(entry["name"]).model.name]])
    bom.components.update(models.values(), packages)
    return packages


def _add_tables(bom: Bom) -> list[Component]:
    tables = [_table(name) for name in TABLES]
    bom.components.update(tables)
    return tables


def _add_tools(bom: Bom, tools: Sequence[Locked], lock: bytes) -> None:
    """What the build ran on; none of it is in the release. The lock's hash stands for those of all their files."""
    components = {tool.name: _tool(tool) for tool in tools}
    for tool in tools:
        needs = [components[other.name] for other in tools if tool.name in other.parents]
        bom.register_dependency(components[tool.name], needs)
    pins = Component(
        name=LOCK.name,
        bom_ref=LOCK.name,
        type=ComponentType.FILE,
        scope=ComponentScope.EXCLUDED,
        hashes=[_hash(lock)],
        description="The build's libraries, each with the SHA-256 of the files that it may come as",
    )
    bom.components.update(components.values(), [pins])


def invalid(bill: bytes) -> str | None:
    """Why the schema refuses a bill, in one line; None where it doesn't."""
    try:
        error: object = _validator().validate_str(bill.decode("utf-8"))
    except (ValueError, RecursionError) as broken:
        error = f"no JSON ({broken})"
    return None if error is None else " ".join(str(error).split())[:200]


@cache
def _validator() -> JsonStrictValidator:
    """It reads the schema when it is first asked."""
    return JsonStrictValidator(VERSION)


def _render(bom: Bom) -> bytes:
    bom.serial_number = UUID(int=0)
    write = partial(make_outputter, bom, OutputFormat.JSON, VERSION)
    draft = write().output_as_string(indent=2)
    bom.serial_number = uuid5(UUID(int=0), hashlib.sha256(draft.encode()).hexdigest())
    bill = (write().output_as_string(indent=2) + "\n").encode()
    if (why := invalid(bill)) is not None:
        raise GateError(f"the bill of materials is not CycloneDX: {why}")
    return bill


def _hash(data: bytes) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=sha256(data))


def _properties(**values: str) -> Iterable[Property]:
    return [Property(name=f"blazemesh:{name}", value=value) for name, value in values.items()]


def _file(name: str, data: bytes, owner: str = "") -> Component:
    return Component(name=name, bom_ref=f"{owner}{name}", type=ComponentType.FILE, hashes=[_hash(data)])


def _product(materials: Materials) -> Component:
    return Component(
        name=NAME,
        version=__version__,
        bom_ref=NAME,
        type=ComponentType.LIBRARY,
        licenses=[LICENCE],
        properties=_properties(commit=materials.commit),
        components=[_file(name, data) for name, data in materials.archives.items()],
    )


def _source(model: Model, catalog: Catalog) -> Component:
    requirement = catalog.wheel_of(model).requirement
    return Component(
        name=model.file,
        bom_ref=model.file,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        version=requirement.partition("==")[2],
        description=model.description,
        supplier=OrganizationalEntity(name=model.author, urls=[XsUri(MEDIAPIPE)]),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=model.sha256)],
        licenses=[DisjunctiveLicense(id=model.licence)],
        external_references=[ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(MEDIAPIPE))],
        properties=_properties(wheel=requirement, path=model.path),
    )


def _package(entry: Entry, files: Tree) -> Component:
    inside = {path: data for path, data in files.items() if path.startswith(f"{entry['package']}/")}
    return Component(
        name=entry["package"],
        bom_ref=entry["package"],
        type=ComponentType.MACHINE_LEARNING_MODEL,
        version=__version__,
        licenses=[LICENCE],
        properties=_properties(sha256=entry["sha256"], precision=entry["precision"], target=entry["target"]),
        components=[_file(path, data) for path, data in inside.items()],
    )


def _table(name: str) -> Component:
    table = facts.load(name)
    licence, _, owner = table["licence"].partition(", ")
    return Component(
        name=f"facts/{name}.json",
        bom_ref=f"facts/{name}.json",
        type=ComponentType.DATA,
        description=table["source"],
        licenses=[DisjunctiveLicense(id=licence)],
        copyright=owner or None,
        hashes=[_hash(facts.path(f"{name}.json").read_bytes())],
    )


def _tool(library: Locked) -> Component:
    return Component(
        name=library.name,
        version=library.version,
        bom_ref=f"pypi:{library.name}",
        type=ComponentType.LIBRARY,
        scope=ComponentScope.EXCLUDED,
        purl=PackageURL("pypi", None, library.name, library.version),
    )

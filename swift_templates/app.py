"""The sample app's Xcode project, as files; nothing is written here."""

from collections.abc import Mapping, Sequence
from typing import Any

import facts
from swift_templates.build_settings import CONFIGURATIONS, project_settings, target_settings
from swift_templates.errors import RenderError
from swift_templates.render import ROOT, SUFFIX, template_environment, visible_files
from swift_templates.xcode_project import identifiers, old_style

APP = ROOT / "app"
NAME = "BlazeMeshSample"
PROJECT = f"{NAME}.xcodeproj/project.pbxproj"
PACKAGE = "../build/swift/BlazeMesh"
"""Where `make swift` renders the package, from the project's folder. A script phase that ran it would come too late:
Xcode resolves packages before it builds anything."""
LIBRARIES = ("BlazeMesh", "BlazeMeshCore")
MODELS = ("BlazeFaceShortRange", "BlazeFaceFullRange", "FaceMesh", "FaceMeshAttention")
"""The Core ML packages that the app lets one choose from."""
PRODUCTS = (*LIBRARIES, *(f"{model}Package" for model in MODELS))
"""The Swift package's products that the app is linked with."""
ASTRONAUT = f"{NAME}/Assets.xcassets/Astronaut.imageset/astronaut.png"


def render_app(models: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Every file's bytes by its path below ios_app/. Of the manifest's `models` only the names count.

    RenderError, one line, where a model that the app uses is not among them.
    """
    names = {model.get("name") for model in models}
    if missing := [model for model in MODELS if model not in names]:
        raise RenderError(f"manifest.json has no {', '.join(missing)}; the sample app needs it: run `make coreml`")
    environment = template_environment()
    environment.filters["old_style"] = old_style
    values = {
        "name": NAME,
        "package": PACKAGE,
        "products": PRODUCTS,
        "ids": identifiers(PRODUCTS),
        "settings": {
            "project": {each: project_settings(each) for each in CONFIGURATIONS},
            "target": {each: target_settings() for each in CONFIGURATIONS},
        },
    }
    files = {ASTRONAUT: facts.path("astronaut.png").read_bytes()}
    for source in visible_files(APP):
        path = source.relative_to(APP).as_posix()
        if source.suffix == SUFFIX:
            template = environment.get_template(source.relative_to(ROOT).as_posix())
            files[path.removesuffix(SUFFIX)] = template.render(values).encode()
        else:
            files[path] = source.read_bytes()
    return dict(sorted(files.items()))

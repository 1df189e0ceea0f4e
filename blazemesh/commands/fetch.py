"""`blazemesh fetch`."""

import argparse
from typing import Any

from blazemesh.commands.parsing import add_json, add_models, new_command
from blazemesh.errors import DONE
from blazemesh.terminal import print_json, print_text, progress


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "fetch",
        run,
        "bring the pinned source models into the cache, checked by SHA-256",
        "blazemesh fetch --models ~/Downloads/mediapipe-models",
    )
    add_models(command)
    command.add_argument("--samples", action="store_true", help="the models that only the tests convert, too")
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    from blazemesh.catalog import load_catalog
    from blazemesh.fetch import fetch
    from blazemesh.text_table import text_table

    catalog = load_catalog()
    wanted = [*catalog.models, *(catalog.samples if options.samples else ())]
    paths = fetch(wanted, catalog, options.models, progress, along=catalog.samples)
    if options.json:
        print_json([{"name": m.name, "path": str(paths[m.name]), "sha256": m.sha256} for m in wanted])
    else:
        print_text(text_table(("model", "file"), [(m.name, str(paths[m.name])) for m in wanted]))
    return DONE

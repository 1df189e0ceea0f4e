"""`blazemesh predict`."""

import argparse
from pathlib import Path
from typing import Any

from blazemesh.commands.parsing import add_json, new_command
from blazemesh.errors import DONE
from blazemesh.terminal import print_json, print_text


def add(commands: Any) -> None:
    """Its arguments."""
    command = new_command(
        commands,
        "predict",
        run,
        "run one saved package on one picture (Core ML on a Mac, the reference elsewhere)",
        "blazemesh predict build/coreml/FaceMesh.mlpackage face.jpg --json",
    )
    command.add_argument("package", type=Path, metavar="PACKAGE")
    command.add_argument("image", type=Path, metavar="IMAGE")
    add_json(command)


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    import numpy as np

    from blazemesh.prediction import predict
    from blazemesh.text_table import text_table

    outputs = predict(options.package, options.image)
    if options.json:
        print_json({name: value.tolist() for name, value in outputs.items()})
        return DONE
    rows = [
        (name, str(list(value.shape)), *(f"{f(value):.4g}" if value.size else "-" for f in (np.min, np.max, np.mean)))
        for name, value in outputs.items()
    ]
    print_text(text_table(("output", "shape", "min", "max", "mean"), rows))
    return DONE

"""The pipelines' steps as MIL operations, each beside its numpy twin: what makes a package answer with faces.

converters/finish.py keeps them in float32: coordinates and scores lose too much in float16.
"""

TAIL = "tail_"
"""How the names of these operations begin, so that a program can be read."""

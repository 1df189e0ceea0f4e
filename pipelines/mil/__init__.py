"""The pipelines' steps as MIL operations, each beside its numpy twin: what makes a package answer with faces.

Every operation's name begins with TAIL, by which an op_selector keeps them in float32: coordinates and scores lose too
much in float16.
"""

TAIL = "tail_"
"""How the names of these operations begin."""

"""How many faces a detector's package holds."""

SLOTS = 16
"""Unless it is built for another number."""

MOST_SLOTS = 64
"""Each slot is a round of suppression in the program; nobody tracks more faces."""

"""`make release`: what an app's developer takes, who needs no Python for it; docs/release.md describes it.

A tree of files is a mapping of paths, with "/" between folders, to their bytes: everything is made of such trees before
anything is written, so that no file's time, mode or order on this machine can get into it.
"""

from collections.abc import Mapping

Tree = Mapping[str, bytes]
"""Files by their paths below one folder."""
NAME = "BlazeMesh"
"""The Swift package's name: SwiftPM calls a package by its folder or its repository, so both have it."""

"""What the files of a release are called."""

from blazemesh import __version__
from blazemesh.release import NAME

SWIFT_ZIP = f"{NAME}-{__version__}.zip"
PACKAGES_ZIP = f"{NAME}-{__version__}-packages.zip"
BILL = f"{NAME}-{__version__}.cdx.json"
REPOSITORY = f"{NAME}.git"

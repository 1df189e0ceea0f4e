"""`python -m blazemesh` is the command `blazemesh`."""

from blazemesh.cli import entry_point

if __name__ == "__main__":
    entry_point()

"""Write tests/golden/core_*.json."""

from pathlib import Path

from blazemesh.core_vectors.files import FILES
from blazemesh.files import write_atomically

OUT = Path("tests/golden")


def main() -> None:
    """Write every file."""
    OUT.mkdir(parents=True, exist_ok=True)
    for vectors in FILES:
        path = OUT / f"{vectors.name}.json"
        write_atomically(path, vectors.document())
        print(path)


if __name__ == "__main__":
    main()

"""What stands in files, byte for byte."""

import mmap
from collections.abc import Iterator
from pathlib import Path


def holding(directory: Path, needle: bytes) -> Iterator[Path]:
    """Yield every file below a directory that holds these bytes; one that vanishes meanwhile does not."""
    for path in sorted(directory.rglob("*")):
        try:
            if path.is_file() and _holds(path, needle):
                yield path
        except FileNotFoundError:
            continue


def _holds(path: Path, needle: bytes) -> bool:
    with path.open("rb") as file:
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                return whole.find(needle) >= 0
        except ValueError:  # it is empty
            return False

"""The directory of one run: everything it keeps lies there, and no other run may have it meanwhile."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from local.errors import PartError


@contextmanager
def alone(directory: Path) -> Iterator[Path]:
    """Make the directory, hold it against other runs, and give its absolute path.

    The hold ends with its process, however that ends. Raises PartError where another run has it, and where
    it cannot be written to.
    """
    with _open(directory / "lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PartError(
                f"Kept is running in {directory} already (pid {file.read().strip()}): "
                "use that one, stop it, or set KEPT_DIR to another directory"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield directory.resolve()


def _open(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    except OSError as error:
        raise PartError(
            f"{path.parent} cannot be written to ({error.strerror}): set KEPT_DIR to another directory"
        ) from error
    file.seek(0)
    return file

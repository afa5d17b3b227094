"""The journal of a client: what it sent and what it heard, a JSON line each; I1 is judged by it."""

from collections.abc import Iterator
from io import TextIOBase
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

What = Literal["invoke", "ok", "fail", "info"]


class Line(BaseModel):
    """One line: a command sent (`invoke`), taken (`ok`), refused (`fail`), or of unknown outcome (`info`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    what: What
    key: str
    """The Idempotency-Key. With caller, method and path it is the scope of the command's id."""
    caller: str
    """The subject of the bearer token."""
    service: str
    method: str
    path: str
    status: int | None = None
    position: str | None = None
    """`Kept-Position` of the answer, `<log>@<n>`: where the command's last event stands."""
    changed: bool = True
    """False: its effect stood already, and nothing was written."""
    ids: tuple[str, ...] = ()
    """The ids that the answer names: the thing's, or one for each item of a batch (empty: it was refused)."""


class Journal(Protocol):
    """Takes lines in the order in which things happened."""

    def write(self, line: Line) -> None:
        """Keep a line."""
        ...


class NoJournal:
    """Keeps nothing."""

    def write(self, line: Line) -> None:
        """Let the line go."""


class FileJournal:
    """Keeps lines in an open text file, each written out at once: a killed client has lost none."""

    def __init__(self, file: TextIOBase) -> None:
        self._file = file

    def write(self, line: Line) -> None:
        """Append the line."""
        self._file.write(line.model_dump_json(exclude_defaults=True) + "\n")
        self._file.flush()


def read_journal(path: Path) -> Iterator[Line]:
    """Yield the lines of a journal. Raises ValidationError, naming the field, for a line that is none."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Line.model_validate_json(line)

"""The protocol of a log: what may be asked of it, whoever stores it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from .errors import Invalid
from .recorded import Stored

ENTRY_BYTES = 256 * 1024
"""The most that data and metadata of one event may hold."""
COMMAND_BYTES = 4 * 1024 * 1024
"""The most that one command may hold, its answer included."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event on its way into the log."""

    type: str
    schema: int
    data: bytes
    metadata: bytes
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """The events of one command for one stream; `expected` is the stream's version, none: any."""

    stream: str
    expected: int | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Append:
    """One command's effect: all of its parts, or nothing.

    `id` makes it happen once; `fingerprint` and `answer` are kept with its first event.
    """

    id: UUID
    parts: tuple[Part, ...]
    fingerprint: bytes = b""
    answer: bytes = b""

    @property
    def size(self) -> int:
        """How many events it has."""
        return sum([len(part.entries) for part in self.parts])


def check(append: Append) -> int:
    """Return how many bytes a command holds.

    Raises Invalid where no log can hold it: nothing in it, too much, or names that are no text.
    """
    held = len(append.fingerprint) + len(append.answer)
    for part in append.parts:
        held += sum([_held(entry) for entry in part.entries])
        if not part.entries:
            raise Invalid(field="parts", reason="a command appends at least one event to each of its streams")
        if _UNSTORABLE.search(part.stream):
            raise Invalid(field="stream", reason="NUL and lone surrogates cannot be stored")
    if not append.parts or len({part.stream for part in append.parts}) < len(append.parts):
        raise Invalid(field="parts", reason="a command names at least one stream, and each once")
    if held > COMMAND_BYTES:
        raise Invalid(field="parts", reason=f"a command holds at most {COMMAND_BYTES // 1024} KiB")
    return held


def _held(entry: Entry) -> int:
    held = len(entry.data) + len(entry.metadata)
    if held > ENTRY_BYTES:
        raise Invalid(field="data", reason=f"an event holds at most {ENTRY_BYTES // 1024} KiB")
    if _UNSTORABLE.search(entry.type):
        raise Invalid(field="type", reason="NUL and lone surrogates cannot be stored")
    return held


@dataclass(frozen=True, slots=True)
class Appended:
    """It stands: `count` events from position `first`. `repeat` says that it already stood."""

    first: int
    count: int
    recorded_at: datetime
    fingerprint: bytes
    answer: bytes
    repeat: bool = False

    @property
    def last(self) -> int:
        """The position of the command's last event."""
        return self.first + self.count - 1


@dataclass(frozen=True, slots=True)
class Head:
    """A place in a log: its id, a position (0: before the first) and the hash there (one zero byte at 0)."""

    log_id: UUID
    position: int
    hash: bytes


class Log(Protocol):
    """An append-only log: dense positions, in the order of commit."""

    @property
    def name(self) -> str:
        """The log's name, which is also its topic's."""
        ...

    @property
    def log_id(self) -> UUID:
        """The log's id, made with it."""
        ...

    async def append(self, append: Append) -> Appended:
        """Append a command's events, or find that they stand already.

        Raises Conflict where a stream is not at the version expected, Unavailable when the store does not
        answer within two seconds (outcome unknown: send the same again).
        """
        ...

    async def find(self, command: UUID) -> Appended | None:
        """Return what a command appended (`repeat` is true), or none."""
        ...

    async def stream(self, stream: str, after: int = 0) -> list[Stored]:
        """Return the rows of a stream with version > after, in order."""
        ...

    async def tail(
        self, after: int, limit: int = 500, *, stream: str | None = None, kind: str | None = None
    ) -> list[Stored]:
        """Return at most `limit` rows with position > after, in order; optionally of one stream or type."""
        ...

    async def head(self) -> Head:
        """Return the last place of the log."""
        ...

    async def place(self, position: int) -> Head | None:
        """Return the place at a position (0 is the beginning), or none if the log does not reach it."""
        ...

    async def now(self) -> datetime:
        """Return domain time: `kept_now()`."""
        ...

    async def grown(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 - a bound, not a cancel
        """Wait until the log's head is above `after`, at most `timeout` seconds; say whether it is."""
        ...

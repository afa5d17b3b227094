"""The protocol of a log: what may be asked of it, whoever stores it."""

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
    def entries(self) -> list[Entry]:
        """Its events, in order."""
        return [entry for part in self.parts for entry in part.entries]

    @property
    def bytes(self) -> int:
        """How much it holds, in bytes, as far as its writer decides."""
        events = sum(len(entry.data) + len(entry.metadata) for entry in self.entries)
        return events + len(self.fingerprint) + len(self.answer)


def check(append: Append) -> None:
    """Raise Invalid where no log can hold the command: nothing in it, too much, or names that are no text."""
    streams = [part.stream for part in append.parts]
    if not append.parts or not all(part.entries for part in append.parts):
        raise Invalid(field="parts", reason="a command appends at least one event to each of its streams")
    if len(set(streams)) < len(streams):
        raise Invalid(field="parts", reason="a command names a stream once")
    for name in (*streams, *(entry.type for entry in append.entries)):
        if "\x00" in name or any("\ud800" <= letter <= "\udfff" for letter in name):
            raise Invalid(field="stream", reason="NUL and lone surrogates cannot be stored")
    if any(len(entry.data) + len(entry.metadata) > ENTRY_BYTES for entry in append.entries):
        raise Invalid(field="data", reason=f"an event holds at most {ENTRY_BYTES // 1024} KiB")
    if append.bytes > COMMAND_BYTES:
        raise Invalid(field="parts", reason=f"a command holds at most {COMMAND_BYTES // 1024} KiB")


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

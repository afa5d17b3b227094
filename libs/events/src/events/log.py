"""The protocol of a log: what may be asked of it, whoever stores it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from .recorded import Stored


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

"""Commands to append, of any shape."""

from datetime import UTC, datetime
from uuid import UUID

from events.clock import new_id
from events.log import Append, Entry, Part

OCCURRED = datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)


def entries(count: int = 1, data: bytes = b'{"note": "\xc3\xa9"}') -> tuple[Entry, ...]:
    """Return events of one command, told apart by their data."""
    return tuple(
        Entry(f"Happened{number}", 1 + number, data + b" " * number, b'{"actor": "a"}', OCCURRED)
        for number in range(count)
    )


def to(stream: str, expected: int | None = 0, count: int = 1) -> Part:
    """Return `count` events for one stream."""
    return Part(stream, expected, entries(count))


def command(*parts: Part, command_id: UUID | None = None, answer: bytes = b"answer") -> Append:
    """Return a command of these parts, with an id of its own."""
    return Append(command_id or new_id(), parts, b"fingerprint", answer)

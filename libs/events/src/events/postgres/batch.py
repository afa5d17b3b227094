"""A batch of commands as `append_batch` takes it, and what it answered."""

from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg

from events.clock import derived_id
from events.log import Append, Appended
from events.wire import content_hash

from .pool import Connection

Row = tuple[Any, ...]
"""One element of the parameter `entries` of `append_batch`."""

APPEND = "SELECT * FROM append_batch($1)"
FOUND = """
    SELECT command, position, size, recorded_at, fingerprint, answer FROM event
     WHERE command = ANY($1::uuid[])
"""


def entries(appends: Sequence[Append]) -> list[Row]:
    """Return the events of these commands for `append_batch`: no stream and no id twice among them."""
    return [row for append in appends for row in _rows(append)]


def _rows(append: Append) -> Iterator[Row]:
    told: Row = (append.size, append.fingerprint, append.answer)
    count = 0
    for part in append.parts:
        for number, entry in enumerate(part.entries, 1):
            count += 1
            version = None if part.expected is None else part.expected + number
            event = derived_id(append.id, count)
            said = (entry.type, entry.schema, entry.data, entry.metadata, entry.occurred_at)
            content = content_hash(part.stream, event, *said)
            yield (append.id, *told, part.stream, number, version, event, *said, content)
            told = (None, None, None)


async def outcomes(
    connection: Connection, appends: Sequence[Append], answer: asyncpg.Record
) -> list[Appended | None]:
    """Return what became of each command given to `append_batch`; none: it conflicts, or was not chosen."""
    at, positions, known = answer["at"], answer["positions"], answer["known"]
    repeats: dict[object, Appended] = {}
    if any(known):
        repeats = await found(connection, [append.id for append in appends])
    settled: list[Appended | None] = []
    place = 0
    for append in appends:
        size, first = append.size, positions[place]
        settled.append(
            repeats.get(append.id)
            if first is None
            else Appended(first, size, at, append.fingerprint, append.answer)
        )
        place += size
    return settled


async def found(connection: Connection, commands: Sequence[object]) -> dict[object, Appended]:
    """Return what these commands appended, as far as they did, each as a repeat."""
    return {
        command: Appended(first, size, at, fingerprint, answer, repeat=True)
        for command, first, size, at, fingerprint, answer in await connection.fetch(FOUND, commands)
    }

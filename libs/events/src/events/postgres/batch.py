"""A batch of commands as `append_batch` takes it, and what it answered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 - the quick one

from events.clock import derived_bytes
from events.log import Append, Appended, Entry, Part
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
    rows: list[Row] = []
    for append in appends:
        told: Row = (append.size, append.fingerprint, append.answer)
        count = 0
        for part in append.parts:
            for number, entry in enumerate(part.entries, 1):
                count += 1
                rows.append((append.id, *told, *_row(append.id, count, part, number, entry)))
                told = (None, None, None)
    return rows


def _row(command: UUID, count: int, part: Part, number: int, entry: Entry) -> Row:
    version = None if part.expected is None else part.expected + number
    event = DriverUUID(derived_bytes(command, count))
    said = (entry.type, entry.schema, entry.data, entry.metadata, entry.occurred_at)
    return (part.stream, number, version, event, *said, content_hash(part.stream, event, *said))


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

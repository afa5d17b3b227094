"""A batch of commands as the arguments of `append_batch`, and what it answered."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import asyncpg

from events.clock import derived_id
from events.log import Append, Appended
from events.wire import content_hash

from .pool import Connection

Arrays = tuple[Sequence[Any], ...]
"""The arrays of `append_batch`, in its order."""

APPEND = "SELECT * FROM append_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
FOUND = """
    SELECT command, position, size, recorded_at, fingerprint, answer FROM event
     WHERE command = ANY($1::uuid[])
"""


def arrays(appends: Sequence[Append]) -> Arrays:
    """Return the arguments of `append_batch` for these commands: no stream and no id twice among them."""
    return tuple(zip(*chain.from_iterable(map(rows, appends)), strict=True))


def rows(append: Append) -> Iterator[tuple[Any, ...]]:
    """Yield one row per event of a command; the command itself stands on the first."""
    size = sum(len(part.entries) for part in append.parts)
    command: tuple[Any, ...] = (append.id, size, append.fingerprint, append.answer)
    number = 0
    for part in append.parts:
        version = part.expected
        for entry in part.entries:
            number += 1
            version = None if version is None else version + 1
            event = derived_id(append.id, number)
            told = (entry.type, entry.schema, entry.data, entry.metadata, entry.occurred_at)
            yield (*command, part.stream, version, event, *told, content_hash(part.stream, event, *told))
            command = (None, None, None, None)


async def outcomes(
    connection: Connection, appends: Sequence[Append], answer: asyncpg.Record
) -> list[Appended | None]:
    """Return what became of each command that `append_batch` took; none: a stream was at another version."""
    at, firsts, repeats = answer["at"], answer["firsts"], answer["repeats"]
    again = [append.id for append, repeat in zip(appends, repeats, strict=True) if repeat is not None]
    known = await found(connection, again) if again else {}
    return [
        known.get(append.id) if first is None else _appended(append, first, at)
        for append, first in zip(appends, firsts, strict=True)
    ]


async def found(connection: Connection, commands: Sequence[object]) -> dict[object, Appended]:
    """Return what these commands appended, as far as they did, each as a repeat."""
    return {
        command: Appended(first, size, at, fingerprint, answer, repeat=True)
        for command, first, size, at, fingerprint, answer in await connection.fetch(FOUND, commands)
    }


def _appended(append: Append, first: int, at: Any) -> Appended:
    size = sum(len(part.entries) for part in append.parts)
    return Appended(first, size, at, append.fingerprint, append.answer)

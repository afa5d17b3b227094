"""What is registered and published, by name: folded from the own log into a table, to be listed."""

from collections.abc import Sequence
from typing import NamedTuple

from events.catalogue import CalendarPublished, Event, OwnerChanged, PolicyPublished, TeamChanged
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded

KINDS: dict[type[Event], str] = {
    OwnerChanged: "owner",
    TeamChanged: "team",
    CalendarPublished: "calendar",
    PolicyPublished: "policy",
}


class Listed(NamedTuple):
    """A thing as it stands."""

    name: str
    version: int
    """Of its stream; of a calendar or policy, its own."""
    body: str
    """Its last event, as JSON."""


class Listing:
    """The projection of the own log: owners, teams, calendars, policies."""

    name = "listing"
    log = "cases"
    types = frozenset(KINDS)

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Note how each thing stands, in the caller's transaction."""
        rows = [_row(recorded) for recorded in batch if type(recorded.event) in KINDS]
        if rows:
            await connection.executemany(_WRITE, rows)


def _row(recorded: Recorded[Event]) -> tuple[str, str, int, str]:
    event = recorded.event
    version = event.version if isinstance(event, CalendarPublished | PolicyPublished) else recorded.version
    body = event.model_dump_json(exclude_none=True)
    return KINDS[type(event)], recorded.entity, version, body


_WRITE = """
    INSERT INTO registered_v1(kind, name, version, body) VALUES ($1, $2, $3, $4)
    ON CONFLICT (kind, name) DO UPDATE SET version = excluded.version, body = excluded.body
"""
_LIST = """
    SELECT name, version, body FROM registered_v1 WHERE kind = $1 AND name > $2 ORDER BY name LIMIT $3
"""


async def listed(pool: Pool, kind: str, after: str, limit: int) -> list[Listed]:
    """Return at most `limit` things of a kind by name, from `after` on. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_LIST, kind, after, limit))
    return [Listed(*row) for row in rows]

"""Which other systems want to be told of what: written by the projection of the own log, and looked up."""

from collections.abc import Collection, Sequence
from datetime import datetime

from events.catalogue import Event, SubscriberChanged
from events.catalogue.notices import Moment
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded

SUBSCRIBER_COLUMNS = "name, moments, since"
_SET_SUBSCRIBER = """
    INSERT INTO subscriber_v1(name, moments, since) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE
      SET moments = excluded.moments,
          since = CASE WHEN subscriber_v1.moments = '{}' THEN excluded.since ELSE subscriber_v1.since END
"""


async def note_subscribers(connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
    """Take in which systems want to be told of what; one that is not active, of nothing."""
    changed = [(each, each.event) for each in batch if isinstance(each.event, SubscriberChanged)]
    rows = [(event.name, list(event.on) if event.active else [], each.recorded_at) for each, event in changed]
    await connection.executemany(_SET_SUBSCRIBER, rows)


_SUBSCRIBED = "SELECT name FROM subscriber_v1 WHERE moments && $1::text[] AND since <= $2 ORDER BY name"


async def subscribed(pool: Pool, moments: Collection[Moment], at: datetime) -> list[str]:
    """Return who is to be told of one of these moments, at that instant. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_SUBSCRIBED, list(moments), at))
    return [row["name"] for row in rows]


_SUBSCRIBERS = "SELECT name FROM subscriber_v1 WHERE name > $1 ORDER BY name LIMIT $2"


async def subscribers(pool: Pool, after: str, limit: int) -> list[str]:
    """Return at most `limit` subscribers, by name, after this one. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_SUBSCRIBERS, after, limit))
    return [row["name"] for row in rows]

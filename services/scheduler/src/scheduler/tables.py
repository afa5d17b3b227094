"""The timers in their tables: written, read when they have come, fired, listed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from events.log import Append
from events.postgres import Connection, Pool, ask, entries

from .reminder import Cause, Held, Ladder

WINDOW = timedelta(seconds=30)
"""How long a ticker sleeps at most; what is armed beyond it is found when it wakes by itself."""


_ARMED = """
    SELECT commitment, case_id, revision, ended, ack_timeout FROM armed_v1
     WHERE commitment = any($1) ORDER BY commitment FOR UPDATE
"""
_HELD = "SELECT * FROM timer_v1 WHERE commitment = any($1) ORDER BY id FOR UPDATE"


async def ladders(connection: Connection, commitments: Iterable[UUID | None]) -> dict[UUID, Ladder]:
    """Return what stands for these commitments; none of their timers fires before the transaction ends.

    Two subscriptions write them: the lock on the commitment comes first, so that what is read after it is
    all that the other has written.
    """
    wanted = list(commitments)
    armed = await connection.fetch(_ARMED, wanted)
    timers: dict[UUID, list[Held]] = {}
    for row in await connection.fetch(_HELD, wanted):
        timers.setdefault(row["commitment"], []).append(_held(row))
    return {
        row["commitment"]: Ladder(
            row["commitment"],
            row["case_id"],
            row["revision"],
            tuple(timers.get(row["commitment"], ())),
            row["ended"],
            row["ack_timeout"],
        )
        for row in armed
    }


_DISARM = "DELETE FROM timer_v1 WHERE commitment = any($1)"
_COLUMNS = (
    "id", "commitment", "case_id", "revision", "name", "planned", "fire_at", "due", "role", "short_notice",
    "cause", "correlation", "traceparent", "moved", "failed",
)  # fmt: skip
_ARM = """
    INSERT INTO armed_v1(commitment, case_id, revision, ended, ack_timeout)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::bool[], $5::interval[])
    ON CONFLICT (commitment) DO UPDATE
      SET case_id = excluded.case_id, revision = excluded.revision, ended = excluded.ended,
          ack_timeout = excluded.ack_timeout
"""


async def write(connection: Connection, changed: Sequence[Ladder]) -> None:
    """Make the tables say what these ladders say."""
    if not changed:
        return
    await connection.execute(_DISARM, [ladder.commitment for ladder in changed])
    held = [_row(timer) for ladder in changed for timer in ladder.timers]
    await connection.copy_records_to_table("timer_v1", records=held, columns=_COLUMNS)
    armed = [
        (ladder.commitment, ladder.case, ladder.revision, ladder.ended, ladder.ack_timeout)
        for ladder in changed
    ]
    await connection.execute(_ARM, *zip(*armed, strict=True))


_PRESENT = "SELECT kept_now()"


async def soon(connection: Connection, changed: Sequence[Ladder]) -> bool:
    """Say whether one of these timers speaks before a ticker wakes by itself."""
    instants = [timer.fire_at for ladder in changed for timer in ladder.timers if timer.fire_at is not None]
    if not instants:
        return False
    now: datetime = await connection.fetchval(_PRESENT)
    return min(instants) <= now + WINDOW


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the timers showed."""

    now: datetime
    driven: bool
    """The clock stands until somebody moves it."""
    next: datetime | None
    """When the earliest timer speaks; it may have come."""
    passed: tuple[Held, ...] = ()


_LOOK = """
    SELECT kept_now() AS now, EXISTS (SELECT FROM clock) AS driven,
           (SELECT min(fire_at) FROM timer_v1) AS next
"""
_PASSED = """
    SELECT * FROM timer_v1
     WHERE commitment = any(array(
             SELECT commitment FROM timer_v1 WHERE fire_at <= $1 ORDER BY fire_at LIMIT $2))
       AND fire_at <= $1
"""
"""Every timer that has come of the commitments that have waited longest."""


async def look(connection: Connection, limit: int) -> Seen:
    """Return what has come, of at most `limit` commitments, and when to look again."""
    row = await connection.fetchrow(_LOOK)
    assert row is not None
    seen = Seen(row["now"], row["driven"], row["next"])
    if seen.next is None or seen.next > seen.now:
        return seen
    rows = await connection.fetch(_PASSED, seen.now, limit)
    return Seen(seen.now, seen.driven, seen.next, tuple(_held(row) for row in rows))


_FIRE = "SELECT positions FROM fire($1, $2, $3, $4)"


async def fire(connection: Connection, seen: datetime, settled: Mapping[Append, Sequence[UUID]]) -> int:
    """Delete timers and append what they say, in one call; return the number of events appended.

    `settled` gives for each command the timers that it settles, as they were at `seen`. What another replica
    holds or has fired is left out. Raises one of OUTAGES where what was built is no longer true: look again.
    """
    pairs = [(timer, append.id) for append, timers in settled.items() for timer in timers]
    timers, speakers = zip(*pairs, strict=True)
    positions = await connection.fetchval(_FIRE, seen, timers, speakers, entries(list(settled)))
    return sum(position is not None for position in positions or ())


_LIST = """
    SELECT * FROM timer_v1
     WHERE ($2::uuid IS NULL OR commitment = $2)
       AND ($3::timestamptz IS NULL OR planned < $3)
       AND ($4::timestamptz IS NULL OR (planned, id) > ($4, $5))
     ORDER BY planned, id LIMIT $1
"""


async def standing(
    pool: Pool,
    limit: int,
    *,
    commitment: UUID | None = None,
    before: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
) -> list[Held]:
    """Return at most `limit` timers, the first to come first, from `after` on. Raises Unavailable."""
    place = after or (None, None)
    rows = await ask(pool, lambda connection: connection.fetch(_LIST, limit, commitment, before, *place))
    return [_held(row) for row in rows]


_BACKLOG = "SELECT due FROM kept_due()"
_NEXT = "SELECT * FROM timer_v1 WHERE fire_at IS NOT NULL ORDER BY fire_at, id LIMIT 1"


async def upcoming(pool: Pool) -> tuple[int, Held | None]:
    """Return how many timers have come and not fired, and which fires first. Raises Unavailable."""

    async def read(connection: Connection) -> tuple[int, Held | None]:
        backlog: int = await connection.fetchval(_BACKLOG)
        row = await connection.fetchrow(_NEXT)
        return backlog, _held(row) if row else None

    return await ask(pool, read)


def _held(row: asyncpg.Record) -> Held:
    return Held(
        commitment=row["commitment"],
        case=row["case_id"],
        revision=row["revision"],
        name=row["name"],
        planned=row["planned"],
        due=row["due"],
        cause=Cause(row["cause"], row["correlation"], row["traceparent"]),
        role=row["role"],
        short_notice=row["short_notice"],
        moved=row["moved"],
        failed=row["failed"],
    )


def _row(timer: Held) -> tuple[object, ...]:
    return (
        timer.id,
        timer.commitment,
        timer.case,
        timer.revision,
        timer.name,
        timer.planned,
        timer.fire_at,
        timer.due,
        timer.role,
        timer.short_notice,
        timer.cause.event,
        timer.cause.correlation,
        timer.cause.traceparent,
        timer.moved,
        timer.failed,
    )

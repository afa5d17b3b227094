"""What is known of commitments, and the deliveries about them: folded from three logs, and listed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count, islice
from typing import Any
from uuid import UUID

from asyncpg import Record
from pydantic_core import from_json

from events.catalogue import (
    CaseOpened,
    Event,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    OwnerChanged,
    ReminderDue,
)
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded

from .delivery import Delivery, Outcome
from .notice import of_case, of_reminder
from .watched import Watched, commitment_of, evolve

WATCHED_COLUMNS = "commitment, position, owner, watched"
ZONE_COLUMNS = "stream, zone"
DELIVERY_COLUMNS = """
    id, commitment, case_id, revision, notice, CASE WHEN outcome IS NOT NULL THEN recipient END,
    made_at, follows, delivery, outcome, settled_at, settled
"""
"""What follows from the logs alone: whom a pending delivery goes to is bookkeeping, as its attempts are."""


class Watching:
    """The projection of `cases`: how commitments stand, whose clock counts, and what somebody is told."""

    name = "watched"
    log = "cases"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Fold the batch into the tables, in the caller's transaction."""
        await connection.executemany(_SET_ZONE, _zones(batch))
        known = await _read(connection, {commitment_of(each.event) for each in batch} - {None})
        seen = {commitment: position for commitment, (position, _) in known.items()}
        after = {commitment: watched for commitment, (_, watched) in known.items()}
        made: list[Delivery] = []
        for each in batch:
            commitment = commitment_of(each.event)
            if commitment is None or each.position <= seen.get(commitment, 0):
                continue
            before = after.get(commitment)
            watched = evolve(before, each)
            made += of_case(each, before, watched)
            if watched is not None:
                after[commitment], seen[commitment] = watched, each.position
        changed = [
            each for each in after.values() if known.get(each.commitment) != (seen[each.commitment], each)
        ]
        await connection.executemany(_WATCH, [_watched_row(each, seen[each.commitment]) for each in changed])
        await make(connection, made)


class Reminding:
    """The projection of `reminders`: each reminder makes a delivery."""

    name = "reminders"
    log = "reminders"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Make the deliveries of the batch, in the caller's transaction."""
        due = [(each, each.event) for each in batch if isinstance(each.event, ReminderDue)]
        known = await _read(connection, {event.commitment for _, event in due})
        owners = {commitment: watched.owner for commitment, (_, watched) in known.items()}
        await make(
            connection, [of_reminder(each, event, owners.get(event.commitment)) for each, event in due]
        )


class Settling:
    """The projection of the own log: what came of the deliveries."""

    name = "outcomes"
    log = "notifications"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Settle the deliveries of the batch, in the caller's transaction."""
        settled = [
            _settled_row(each, each.event)
            for each in batch
            if isinstance(each.event, NotificationSent | NotificationFailed | NotificationSuppressed)
        ]
        await connection.executemany(_SETTLE, settled)


_SET_ZONE = """
    INSERT INTO zone_v1(stream, zone) VALUES ($1, $2) ON CONFLICT (stream) DO UPDATE SET zone = excluded.zone
"""


def _zones(batch: Iterable[Recorded[Event]]) -> list[tuple[str, str]]:
    return [
        (each.stream, each.event.zone) for each in batch if isinstance(each.event, OwnerChanged | CaseOpened)
    ]


_WATCHED = "SELECT commitment, position, watched FROM watched_v1 WHERE commitment = any($1)"
_WATCH = """
    INSERT INTO watched_v1(commitment, position, owner, watched) VALUES ($1, $2, $3, $4)
    ON CONFLICT (commitment) DO UPDATE
      SET position = excluded.position, owner = excluded.owner, watched = excluded.watched
"""


async def _read(
    connection: Connection, commitments: Iterable[UUID | None]
) -> dict[UUID, tuple[int, Watched]]:
    rows = await connection.fetch(_WATCHED, list(commitments))
    return {row["commitment"]: (row["position"], Watched.model_validate_json(row["watched"])) for row in rows}


def _watched_row(watched: Watched, position: int) -> tuple[object, ...]:
    return watched.commitment, position, watched.owner, watched.model_dump_json()


async def watched(pool: Pool, commitment: UUID) -> Watched | None:
    """Return how a commitment stands as far as it is known here. Raises Unavailable."""
    known = await ask(pool, lambda connection: _read(connection, [commitment]))
    return known[commitment][1] if known else None


_MAKE = """
    INSERT INTO delivery_v1(id, commitment, case_id, revision, notice, recipient, made_at, follows, delivery,
                            next_attempt)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, kept_now())
    ON CONFLICT (id) DO UPDATE
      SET made_at = excluded.made_at, follows = excluded.follows, delivery = excluded.delivery,
          next_attempt = excluded.next_attempt
      WHERE delivery_v1.delivery IS NULL
"""


async def make(connection: Connection, deliveries: Iterable[Delivery]) -> None:
    """Make deliveries to be tried at once; those that are made already stay as they are."""
    rows = [
        (
            each.id,
            each.commitment,
            each.case,
            each.revision,
            each.notice,
            each.recipient,
            each.at,
            each.follows,
            each.model_dump_json(exclude={"recipient"}),
        )
        for each in deliveries
    ]
    await connection.executemany(_MAKE, rows)


_SETTLE = """
    INSERT INTO delivery_v1(id, commitment, case_id, revision, notice, recipient, outcome, settled_at,
                            settled)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (id) DO UPDATE
      SET recipient = excluded.recipient, outcome = excluded.outcome, settled_at = excluded.settled_at,
          settled = excluded.settled
      WHERE delivery_v1.outcome IS NULL
"""
OUTCOMES: Mapping[type[Outcome], str] = {
    NotificationSent: "sent",
    NotificationFailed: "failed",
    NotificationSuppressed: "suppressed",
}


def _settled_row(recorded: Recorded[Event], event: Outcome) -> tuple[object, ...]:
    return (
        UUID(recorded.entity),
        event.commitment,
        event.case,
        event.revision,
        event.notice,
        event.recipient,
        OUTCOMES[type(event)],
        recorded.recorded_at,
        event.model_dump_json(),
    )


_LISTED = """
    SELECT id, commitment, case_id, revision, notice, recipient, made_at, settled_at, settled, attempts,
           coalesce(outcome, 'pending') AS state,
           CASE WHEN outcome IS NULL THEN next_attempt END AS next_attempt
      FROM delivery_v1 WHERE made_at IS NOT NULL AND {} ORDER BY made_at DESC, id DESC LIMIT $1
"""
_WANTED = {
    "commitment": "commitment = ${}",
    "recipient": "recipient = ${}",
    "state": "coalesce(outcome, 'pending') = ${}",
    "before": "(made_at, id) < (${}, ${})",
}
"""What may be asked of a delivery; only what is asked stands in the query, so that an index serves it."""


async def deliveries(pool: Pool, wanted: Mapping[str, Sequence[object]], limit: int) -> list[dict[str, Any]]:
    """Return at most `limit` deliveries, the last made first, that are as `wanted`.

    It gives values by names of _WANTED. Raises Unavailable.
    """
    numbers = count(2)
    conditions = [_WANTED[name].format(*islice(numbers, len(values))) for name, values in wanted.items()]
    query = _LISTED.format(" AND ".join(conditions) or "true")
    values = list(chain.from_iterable(wanted.values()))
    rows = await ask(pool, lambda connection: connection.fetch(query, limit, *values))
    return [_shown(row) for row in rows]


_COUNTED = "SELECT coalesce(outcome, 'pending') AS state, count(*) AS n FROM delivery_v1 GROUP BY 1"


async def counts(pool: Pool) -> dict[str, int]:
    """Return how many deliveries there are in each state. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_COUNTED))
    return {row["state"]: row["n"] for row in rows}


def _shown(row: Record) -> dict[str, Any]:
    shown = dict(row)
    settled = from_json(shown.pop("settled") or "{}")
    told = {name: settled.get(name) for name in ("reason", "means", "raced", "unchecked")}
    return {
        **shown,
        **told,
        "case": shown.pop("case_id"),
        "attempts": settled.get("attempts", shown["attempts"]),
    }

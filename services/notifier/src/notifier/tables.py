"""What is known of commitments, and the deliveries about them: written by projections, and listed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count, islice
from typing import Any
from uuid import UUID

from asyncpg import Record
from pydantic_core import from_json

from events.catalogue import Event, NotificationFailed, NotificationSent, NotificationSuppressed
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded

from .delivery import Delivery, Outcome
from .registers import read_roster
from .watched import Watched

WATCHED_COLUMNS = "commitment, position, owner, watched"
DELIVERY_COLUMNS = """
    id, commitment, case_id, revision, notice, kind, CASE WHEN outcome IS NOT NULL THEN recipient END,
    made_at, follows, delivery, outcome, settled_at, settled, acknowledged_at,
    CASE WHEN outcome IS NOT NULL THEN message END
"""
"""What follows from the logs alone: whom a pending delivery goes to is bookkeeping, as its attempts are."""
_WATCHED = "SELECT commitment, position, watched FROM watched_v1 WHERE commitment = any($1)"
_WATCH = """
    INSERT INTO watched_v1(commitment, position, owner, watched) VALUES ($1, $2, $3, $4)
    ON CONFLICT (commitment) DO UPDATE
      SET position = excluded.position, owner = excluded.owner, watched = excluded.watched
"""


async def read_watched(
    connection: Connection, commitments: Iterable[UUID]
) -> dict[UUID, tuple[int, Watched]]:
    """Return how commitments stand as far as they are known here, and as of which position."""
    rows = await connection.fetch(_WATCHED, list(commitments))
    return {row["commitment"]: (row["position"], Watched.model_validate_json(row["watched"])) for row in rows}


async def watch(connection: Connection, changed: Iterable[tuple[int, Watched]]) -> None:
    """Write how commitments stand as of a position."""
    rows = [(each.commitment, position, each.owner, each.model_dump_json()) for position, each in changed]
    await connection.executemany(_WATCH, rows)


async def watched(pool: Pool, commitment: UUID) -> Watched | None:
    """Return how a commitment stands as far as it is known here. Raises Unavailable."""
    return (await watched_of(pool, [commitment])).get(commitment)


async def watched_of(pool: Pool, commitments: Collection[UUID]) -> dict[UUID, Watched]:
    """Return how commitments stand as far as they are known here. Raises Unavailable."""
    known = await ask(pool, lambda connection: read_watched(connection, commitments))
    return {commitment: watched for commitment, (_, watched) in known.items()}


_MAKE = """
    INSERT INTO delivery_v1(id, commitment, case_id, revision, notice, kind, recipient, owner, made_at,
                            follows, delivery, next_attempt, held)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, greatest(kept_now(), $12), $12 > kept_now())
    ON CONFLICT (id) DO UPDATE
      SET made_at = excluded.made_at, follows = excluded.follows, delivery = excluded.delivery,
          kind = excluded.kind, next_attempt = excluded.next_attempt, held = excluded.held
      WHERE delivery_v1.delivery IS NULL
"""


async def make(
    connection: Connection, deliveries: Sequence[Delivery], windows: Mapping[UUID, timedelta] | None = None
) -> None:
    """Make deliveries, to be tried once their window is over; those that are made already stay as they are.

    Whom a role reaches is looked up now, so that what is for one person is together; it is asked again when
    the message goes out.
    """
    reached = await _reached(connection, deliveries)
    rows = [
        (
            each.id,
            each.commitment,
            each.case,
            each.revision,
            each.notice,
            each.kind,
            each.recipient or reached.get(each.id),
            each.owner,
            each.at,
            each.follows,
            each.model_dump_json(exclude={"recipient", "owner"}),
            each.held_until((windows or {}).get(each.id, timedelta(0))),
        )
        for each in deliveries
    ]
    await connection.executemany(_MAKE, rows)


async def _reached(connection: Connection, deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """Return whom the roles of deliveries reach at first sight, as far as it is known."""
    wanted = [(each, each.role) for each in deliveries if each.role is not None]
    if not wanted:
        return {}
    known = await read_watched(connection, {each.commitment for each, _ in wanted})
    anchors = {commitment: watched.anchor for commitment, (_, watched) in known.items()}
    roster = await read_roster(connection, set(anchors.values()))
    found: dict[UUID, str] = {}
    for each, role in wanted:
        if names := roster.having(role, anchors.get(each.commitment), each.at):
            found[each.id] = names[0]
    return found


_TOLD = """
    SELECT EXISTS (SELECT FROM delivery_v1
      WHERE commitment = $1 AND notice = $2 AND delivery ->> 'cause' = $3 AND recipient = $4
        AND outcome = 'sent' AND id <> $5)
"""


async def told_already(pool: Pool, delivery: Delivery) -> bool:
    """Say whether the recipient was told of this step in another role. Raises Unavailable."""
    commitment, notice, cause = delivery.step
    arguments = (commitment, notice, str(cause), delivery.recipient, delivery.id)
    found: bool = await ask(pool, lambda connection: connection.fetchval(_TOLD, *arguments))
    return found


_SETTLE = """
    INSERT INTO delivery_v1(id, commitment, case_id, revision, notice, recipient, outcome, settled_at,
                            settled, message)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (id) DO UPDATE
      SET recipient = excluded.recipient, outcome = excluded.outcome, settled_at = excluded.settled_at,
          settled = excluded.settled, message = excluded.message
      WHERE delivery_v1.outcome IS NULL
"""
OUTCOMES: Mapping[type[Outcome], str] = {
    NotificationSent: "sent",
    NotificationFailed: "failed",
    NotificationSuppressed: "suppressed",
}


async def settle(connection: Connection, settled: Iterable[tuple[Recorded[Event], Outcome]]) -> None:
    """Write what came of deliveries; what was written first stays."""
    await connection.executemany(_SETTLE, [_settled_row(*each) for each in settled])


def _settled_row(recorded: Recorded[Event], event: Outcome) -> tuple[object, ...]:
    delivery = UUID(recorded.entity)
    return (
        delivery,
        event.commitment,
        event.case,
        event.revision,
        event.notice,
        event.recipient,
        OUTCOMES[type(event)],
        recorded.recorded_at,
        event.model_dump_json(),
        (event.digest or delivery) if isinstance(event, NotificationSent) else None,
    )


_ACKNOWLEDGE = "UPDATE delivery_v1 SET acknowledged_at = $2 WHERE id = $1 AND acknowledged_at IS NULL"


async def acknowledge(connection: Connection, acknowledged: Iterable[Recorded[Event]]) -> None:
    """Write that recipients took note."""
    rows = [(UUID(each.entity), each.recorded_at) for each in acknowledged]
    await connection.executemany(_ACKNOWLEDGE, rows)


_NAMED = """
    SELECT id, commitment, recipient, acknowledged_at, (delivery ->> 'due')::timestamptz AS due,
           (SELECT zone FROM zone_v1 WHERE stream IN ('owner-' || recipient, 'team-' || recipient)
             ORDER BY stream LIMIT 1) AS zone
      FROM delivery_v1 WHERE message = $1 AND outcome = 'sent' ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A delivery that a message named."""

    id: UUID
    commitment: UUID
    recipient: str
    acknowledged_at: datetime | None
    due: datetime | None
    zone: str | None


async def named_in(pool: Pool, message: UUID) -> list[Named]:
    """Return what a message named. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_NAMED, message))
    return [Named(**row) for row in rows]


_LISTED = """
    SELECT id, commitment, case_id, revision, notice, recipient, made_at, settled_at, settled, attempts,
           acknowledged_at, coalesce(outcome, 'pending') AS state,
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
_UNOWNED = (
    "SELECT count(*) FROM delivery_v1 WHERE outcome = 'failed' AND settled ->> 'reason' = 'no_recipient'"
)


async def counts(pool: Pool) -> dict[str, int]:
    """Return how many deliveries there are in each state. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_COUNTED))
    return {row["state"]: row["n"] for row in rows}


async def unowned(pool: Pool) -> int:
    """Return how many deliveries found nobody to go to. Raises Unavailable."""
    found: int = await ask(pool, lambda connection: connection.fetchval(_UNOWNED))
    return found


def _shown(row: Record) -> dict[str, Any]:
    shown = dict(row)
    settled = from_json(shown.pop("settled") or "{}")
    told = {name: settled.get(name) for name in ("reason", "means", "raced", "unchecked", "role", "digest")}
    return {
        **shown,
        **told,
        "case": shown.pop("case_id"),
        "attempts": settled.get("attempts", shown["attempts"]),
    }

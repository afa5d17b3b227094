"""Who tries a delivery: claims that last a few seconds, so that replicas do not send twice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from pydantic_core import from_json

from events.postgres import Pool, ask

from .delivery import Delivery

LASTS = timedelta(seconds=8)
"""How long a claim holds, in machine time: longer than asking and one attempt, though nobody renews it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery to be tried now, and what is known here about it."""

    delivery: Delivery
    attempts: int
    """With this one."""
    position: int
    """Of `cases`: the answer about the commitment must not be older."""
    followed: str | None
    """What came of the delivery that this one follows."""
    zone: str | None
    customer_zone: str | None


class Flight:
    """One delivery under way."""

    def __init__(self, claim: Claim, sink: str) -> None:
        self.claim = claim
        self.sink = sink
        self.held_until = 0.0

    def outlasts(self, seconds: float) -> bool:
        """Say whether the claim surely holds so long; after that another replica may be sending."""
        return monotonic() + seconds < self.held_until


_CLAIM = """
    WITH present AS MATERIALIZED (SELECT kept_now() AS at),
    due AS (
      SELECT d.id, coalesce(d.recipient, w.owner) AS recipient
        FROM delivery_v1 d JOIN watched_v1 w USING (commitment)
       WHERE d.outcome IS NULL AND d.delivery IS NOT NULL AND d.next_attempt <= (SELECT at FROM present)
         AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
         AND NOT EXISTS (SELECT FROM delivery_v1 f WHERE f.id = d.follows AND f.outcome IS NULL)
         AND d.id <> all($3) AND coalesce(d.recipient, w.owner) <> all($4)
       ORDER BY d.next_attempt, d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED)
    UPDATE delivery_v1 d
       SET recipient = due.recipient, attempts = d.attempts + 1, claimed_by = $1,
           claimed_until = clock_timestamp() + $5::interval
      FROM due WHERE d.id = due.id
    RETURNING d.recipient, d.delivery, d.attempts,
      (SELECT w.position FROM watched_v1 w WHERE w.commitment = d.commitment),
      (SELECT f.outcome FROM delivery_v1 f WHERE f.id = d.follows) AS followed,
      (SELECT z.zone FROM zone_v1 z WHERE z.stream = 'owner-' || d.recipient) AS zone,
      (SELECT z.zone FROM zone_v1 z WHERE z.stream = 'case-' || d.case_id) AS customer_zone
"""


async def claim(
    pool: Pool, holder: str, limit: int, *, flying: Collection[UUID] = (), busy: Collection[str] = ()
) -> list[Claim]:
    """Claim at most `limit` deliveries whose instant has come.

    Left out are those in `flying`, those to the recipients in `busy`, and those whose commitment is not known
    here yet. Raises Unavailable.
    """
    arguments = (holder, limit, list(flying), list(busy), LASTS)
    rows = await ask(pool, lambda connection: connection.fetch(_CLAIM, *arguments))
    return [
        Claim(
            Delivery.model_validate({**from_json(row["delivery"]), "recipient": row["recipient"]}),
            row["attempts"],
            row["position"],
            row["followed"],
            row["zone"],
            row["customer_zone"],
        )
        for row in rows
    ]


_RENEW = """
    UPDATE delivery_v1 SET claimed_until = clock_timestamp() + $3::interval
     WHERE id = any($2) AND claimed_by = $1 AND outcome IS NULL RETURNING id
"""


async def renew(pool: Pool, holder: str, deliveries: Collection[UUID]) -> set[UUID]:
    """Hold claims for another while; return those that are still held. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_RENEW, holder, list(deliveries), LASTS))
    return {row["id"] for row in rows}


_PUT_OFF = """
    UPDATE delivery_v1 SET next_attempt = $3, claimed_by = NULL, claimed_until = NULL
     WHERE id = $2 AND claimed_by = $1 AND outcome IS NULL
"""


async def put_off(pool: Pool, holder: str, delivery: UUID, until: datetime) -> None:
    """Give a claim back: the delivery is tried again at that instant of domain time. Raises Unavailable."""
    await ask(pool, lambda connection: connection.execute(_PUT_OFF, holder, delivery, until))


_READDRESS = """
    UPDATE delivery_v1 SET recipient = $3, attempts = attempts - 1, claimed_by = NULL, claimed_until = NULL
     WHERE id = $2 AND claimed_by = $1 AND outcome IS NULL
"""


async def pass_on(pool: Pool, holder: str, delivery: UUID, recipient: str) -> None:
    """Give a claim back untried: the delivery is for somebody else, at once. Raises Unavailable."""
    await ask(pool, lambda connection: connection.execute(_READDRESS, holder, delivery, recipient))


_RELEASE = """
    UPDATE delivery_v1 SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = $1 AND outcome IS NULL
"""


async def release(pool: Pool, holder: str) -> None:
    """Give all claims back: somebody else tries. Raises Unavailable."""
    await ask(pool, lambda connection: connection.execute(_RELEASE, holder))


_NEXT = """
    SELECT extract(epoch FROM least(
      (SELECT min(try_at) FROM pending_v1 WHERE try_at > kept_now()) - kept_now(),
      (SELECT min(claimed_until) FROM delivery_v1
        WHERE outcome IS NULL AND claimed_until > clock_timestamp()) - clock_timestamp()))::float8
"""


async def seconds_left(pool: Pool) -> float | None:
    """Return after how many seconds, if any, something can be claimed that cannot now. Raises Unavailable."""
    left: float | None = await ask(pool, lambda connection: connection.fetchval(_NEXT))
    return left

"""Who tries a delivery: claims that last a few seconds, so that replicas do not send twice."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from events.postgres import Pool, ask

from .delivery import FOR_SEVERAL, Delivery
from .turn import Again, Turn

LASTS = timedelta(seconds=8)
"""How long a claim holds, in machine time: longer than asking and one attempt, though nobody renews it."""
MOST = 256
"""How many deliveries are claimed at once, whatever messages they go into."""


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
    message: UUID | None = None
    """Under which id it was tried before."""
    turn: Turn = field(default_factory=Turn)


class Flight:
    """One message under way: a delivery, or several for one recipient."""

    def __init__(
        self, claims: Sequence[Claim], sink: str, has_room: Callable[["Flight"], bool] = lambda _: True
    ) -> None:
        self.claims = tuple(claims)
        self.sink = sink
        self.held_until = 0.0
        self._has_room = has_room

    @property
    def recipient(self) -> str:
        """For whom it is."""
        return self.claims[0].delivery.recipient or ""

    def enters(self, sink: str) -> bool:
        """Say where it goes; return whether it may go now, which was not asked where that was not known."""
        was_known, self.sink = self.sink == sink, sink
        return was_known or self._has_room(self)

    def outlasts(self, seconds: float) -> bool:
        """Say whether the claim surely holds so long; after that another replica may be sending."""
        return monotonic() + seconds < self.held_until


_CLAIM = """
    WITH present AS MATERIALIZED (SELECT kept_now() AS at),
    ready AS (
      SELECT d.id, d.next_attempt, n.recipient,
             coalesce(d.message::text, n.recipient || ' ' || d.kind) AS together
        FROM delivery_v1 d JOIN watched_v1 w USING (commitment) LEFT JOIN delivery_v1 g ON g.id = d.follows,
             LATERAL (SELECT coalesce(
               d.recipient, g.recipient,
               CASE WHEN coalesce(d.delivery ->> 'role', 'owner') = 'owner' THEN w.owner END,
               '') AS recipient) n
       WHERE d.outcome IS NULL AND d.delivery IS NOT NULL
         AND (d.next_attempt <= (SELECT at FROM present) OR d.held)
         AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
         AND (g.id IS NULL OR g.outcome IS NOT NULL)
         AND d.id <> all($3)
         AND NOT (d.notice = any($7) AND EXISTS (
           SELECT FROM delivery_v1 o
            WHERE o.commitment = d.commitment AND o.notice = d.notice AND o.id <> d.id
              AND o.delivery ->> 'cause' = d.delivery ->> 'cause' AND o.recipient = n.recipient
              AND o.outcome IS NULL
              AND (o.claimed_until >= clock_timestamp() OR (o.message IS NOT NULL AND d.message IS NULL))))),
    first AS (
      SELECT together FROM ready WHERE recipient <> all($4)
       GROUP BY together HAVING min(next_attempt) <= (SELECT at FROM present)
       ORDER BY min(next_attempt), together LIMIT $2),
    due AS (
      SELECT d.id, r.recipient, r.together
        FROM delivery_v1 d JOIN ready r USING (id) JOIN first USING (together)
       WHERE d.outcome IS NULL AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
       ORDER BY d.next_attempt, d.id LIMIT $6 FOR UPDATE OF d SKIP LOCKED)
    UPDATE delivery_v1 d
       SET recipient = nullif(due.recipient, ''), attempts = d.attempts + 1, claimed_by = $1,
           claimed_until = clock_timestamp() + $5::interval
      FROM due WHERE d.id = due.id
    RETURNING due.together, d.recipient, d.delivery, d.attempts, d.message, d.spent, d.turn_begun,
      d.turn_until,
      coalesce(d.owner, (SELECT w.owner FROM watched_v1 w WHERE w.commitment = d.commitment)) AS owner,
      (SELECT w.position FROM watched_v1 w WHERE w.commitment = d.commitment),
      (SELECT f.outcome FROM delivery_v1 f WHERE f.id = d.follows) AS followed,
      (SELECT z.zone FROM zone_v1 z WHERE z.stream IN ('owner-' || d.recipient, 'team-' || d.recipient)
        ORDER BY z.stream LIMIT 1) AS zone,
      (SELECT z.zone FROM zone_v1 z WHERE z.stream = 'case-' || d.case_id) AS customer_zone
"""


async def claim(
    pool: Pool, holder: str, limit: int, *, flying: Collection[UUID] = (), busy: Collection[str] = ()
) -> list[list[Claim]]:
    """Claim what goes into at most `limit` messages whose instant has come; what goes together is together.

    Left out are those in `flying`, those to the recipients in `busy`, those whose commitment is not known
    here yet, and what the same person is just being told in another role. Raises Unavailable.
    """
    arguments = (holder, limit, list(flying), list(busy), LASTS, MOST, list(FOR_SEVERAL))
    rows = await ask(pool, lambda connection: connection.fetch(_CLAIM, *arguments))
    messages: dict[str, list[Claim]] = defaultdict(list)
    for row in rows:
        messages[row["together"]].append(_claim(row))
    return list(messages.values())


def _claim(row: Any) -> Claim:
    known = {"recipient": row["recipient"], "owner": row["owner"]}
    return Claim(
        Delivery.model_validate({**from_json(row["delivery"]), **known}),
        row["attempts"],
        row["position"],
        row["followed"],
        row["zone"],
        row["customer_zone"],
        row["message"],
        Turn(tuple(row["spent"]), row["turn_begun"], row["turn_until"]),
    )


_RENEW = """
    UPDATE delivery_v1 SET claimed_until = clock_timestamp() + $3::interval
     WHERE id IN (SELECT id FROM delivery_v1 WHERE id = any($2) AND claimed_by = $1 AND outcome IS NULL
                     FOR UPDATE SKIP LOCKED)
    RETURNING id
"""


async def renew(pool: Pool, holder: str, deliveries: Collection[UUID]) -> set[UUID]:
    """Hold claims for another while; return those that are still held. Raises Unavailable.

    What is just being settled is left alone: nobody waits for it here, and it needs no claim any more.
    """
    rows = await ask(pool, lambda connection: connection.fetch(_RENEW, holder, list(deliveries), LASTS))
    return {row["id"] for row in rows}


_BIND = """
    UPDATE delivery_v1 SET message = $3, held = false
     WHERE id = any($2) AND claimed_by = $1 AND outcome IS NULL
"""


async def bind(pool: Pool, holder: str, deliveries: Collection[UUID], message: UUID) -> None:
    """Let deliveries go under one id from now on, whatever becomes of this attempt. Raises Unavailable."""
    await ask(pool, lambda connection: connection.execute(_BIND, holder, list(deliveries), message))


_PUT_OFF = """
    UPDATE delivery_v1
       SET next_attempt = $3, held = false, spent = $4, turn_begun = $5, turn_until = $6,
           claimed_by = NULL, claimed_until = NULL
     WHERE id = any($2) AND claimed_by = $1 AND outcome IS NULL
"""


async def put_off(pool: Pool, holder: str, deliveries: Collection[UUID], again: Again) -> None:
    """Give claims back: they are tried again at that instant of domain time. Raises Unavailable."""
    turn = again.turn
    arguments = (holder, list(deliveries), again.at, list(turn.spent), turn.begun, turn.until)
    await ask(pool, lambda connection: connection.execute(_PUT_OFF, *arguments))


_READDRESS = """
    UPDATE delivery_v1 d
       SET recipient = named.recipient, attempts = attempts - 1, claimed_by = NULL, claimed_until = NULL
      FROM unnest($2::uuid[], $3::text[]) AS named(id, recipient)
     WHERE d.id = named.id AND d.claimed_by = $1 AND d.outcome IS NULL
"""


async def pass_on(pool: Pool, holder: str, recipients: Mapping[UUID, str]) -> None:
    """Give claims back untried: the deliveries are for others, at once. Raises Unavailable."""
    arguments = (holder, list(recipients.keys()), list(recipients.values()))
    await ask(pool, lambda connection: connection.execute(_READDRESS, *arguments))


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

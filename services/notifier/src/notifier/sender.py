"""One attempt at one delivery: is it still needed, is there a way, send, and record what came of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from opentelemetry.trace import SpanKind

from events.catalogue import RecipientChanged
from events.catalogue.notices import Means
from events.clock import Clock, derived_id
from events.decider import Actor
from events.errors import Conflict
from events.perform import Context, Performer
from events.postgres import OUTAGES, Pool
from events.telemetry import linked

from . import channels, claims, recipient, tables
from .channels import Accepted, Channel, Message, Refused, TryAgain
from .claims import Claim, Flight
from .delivery import (
    Delivery,
    Outcome,
    SettleDelivery,
    failed,
    goes_unchecked,
    is_taken_over,
    is_too_late,
    needless,
    next_try,
    sent,
    stream,
    suppressed,
)
from .inquiry import Inquiry
from .recipient import Recipient, SetRecipient
from .watched import Answered, Watched
from .wording import Scene, letter, payload

log = logging.getLogger("kept.sender")

PASSING: tuple[type[BaseException], ...] = (*OUTAGES, Conflict)
NOTIFIER = Actor("notifier", frozenset({"system"}))
ENDINGS = frozenset({"kept", "kept_late", "released", "withdrawn"})
STUBBORN_SECONDS = 0.5
"""Between two tries to record what came of a delivery."""
UNREAD_TRIES = 5
"""How often a reminder waits for a hand-over that `cases` knows and that is not read here: half a minute."""
T = TypeVar("T")

Recipients = Performer[Recipient | None, SetRecipient, RecipientChanged]
Deliveries = Performer[Outcome | None, SettleDelivery, Outcome]


@dataclass(frozen=True, slots=True)
class Sender:
    """What an attempt needs."""

    pool: Pool
    clock: Clock
    holder: str
    recipients: Recipients
    deliveries: Deliveries
    inquiry: Inquiry
    channel_to: Callable[[Recipient | None], Channel | None]

    async def deliver(self, flight: Flight) -> None:
        """Try a delivery once; what goes wrong on our side puts it off."""
        delivery = flight.claim.delivery
        about = {"kept.delivery": str(delivery.id), "kept.notice": delivery.notice}
        with linked("deliver", delivery.traceparent, kind=SpanKind.PRODUCER, attributes=about) as span:
            try:
                outcome = await self._outcome(flight)
            except OUTAGES as error:
                log.warning("a delivery waits for the database: %s", type(error).__name__)
                return
            except Exception:
                log.exception("a delivery failed here", extra={"delivery": str(delivery.id)})
                outcome = await self._later(flight.claim)
            span.set_attribute("kept.outcome", type(outcome).__name__ if outcome else "none yet")
            if outcome is not None:
                await self._settle(delivery, outcome)

    async def _outcome(self, flight: Flight) -> Outcome | None:
        """Return what came of it, or none: it was settled before, or is tried again."""
        claim, delivery = flight.claim, flight.claim.delivery
        if (await self.deliveries.state(stream(delivery.id)))[1] is not None:
            return None
        _, reached = await self.recipients.state(recipient.stream(delivery.recipient or ""))
        channel = self.channel_to(reached)
        if channel is not None:
            flight.sink = channel.sink
        answered = await self.inquiry.ask(delivery.commitment, claim.position)
        now = await self.clock.now()
        known = await tables.watched(self.pool, delivery.commitment)
        ended = _needless(claim, answered, known, now)
        if ended is not None or await self._is_put_right(claim, answered, known, now):
            return ended
        if channel is None:
            return failed(delivery, "no_recipient", attempts=claim.attempts - 1)
        if answered is None and not goes_unchecked(delivery, claim.attempts, now):
            return await self._later(claim)
        if not flight.outlasts(channels.SECONDS):
            return None
        return await self._send(flight, channel, answered, now)

    async def _is_put_right(
        self, claim: Claim, answered: Answered | None, known: Watched | None, now: datetime
    ) -> bool:
        """Pass a reminder on to whose it is; say whether this attempt is over.

        A hand-over not read here yet is waited for, as its instant decides; where that takes too long, the
        reminder is the owner's of now.
        """
        delivery, standing = claim.delivery, answered or known
        if not delivery.is_reminder or standing is None:
            return False
        is_unread = known is not None and known.owner != standing.owner and claim.attempts <= UNREAD_TRIES
        if is_unread and (at := next_try(delivery, claim.attempts, now)) is not None:
            await claims.put_off(self.pool, self.holder, delivery.id, at)
            return True
        if standing.owner == delivery.recipient:
            return False
        await claims.pass_on(self.pool, self.holder, delivery.id, standing.owner)
        return True

    async def _send(
        self, flight: Flight, channel: Channel, answered: Answered | None, now: datetime
    ) -> Outcome | None:
        claim, delivery = flight.claim, flight.claim.delivery
        link = self.inquiry.link(delivery.commitment)
        scene = Scene(delivery, answered, now, link, claim.zone, claim.customer_zone)
        result = await channel.send(Message(delivery.id, letter(scene), payload(scene), now))
        match result:
            case Accepted():
                raced = await stubborn(lambda: self._raced(delivery))
                unchecked = answered is None
                return sent(delivery, channel.means, claim.attempts, raced=raced, unchecked=unchecked)
            case Refused():
                log.warning("refused for good: %s", result.why)
                return failed(delivery, "refused", channel.means, claim.attempts)
            case TryAgain():
                log.info("to be tried again: %s", result.why)
                return await self._later(claim, channel.means, result.at_least)

    async def _raced(self, delivery: Delivery) -> bool:
        """Say whether the commitment ended while the message was on its way, as far as it is known here."""
        known = await tables.watched(self.pool, delivery.commitment)
        return known is not None and needless(delivery, known) in ENDINGS

    async def _later(
        self, claim: Claim, means: Means | None = None, at_least: timedelta = timedelta(0)
    ) -> Outcome | None:
        """Put it off, or return that its time is over."""
        delivery = claim.delivery
        at = next_try(delivery, claim.attempts, await self.clock.now(), at_least)
        if at is None:
            return failed(delivery, "gave_up", means, claim.attempts)
        await claims.put_off(self.pool, self.holder, delivery.id, at)
        return None

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Record what came of it, however long the database is away: what was sent is not sent again."""
        context = Context(
            derived_id(delivery.id, type(outcome).__name__),
            NOTIFIER,
            correlation=delivery.correlation,
            causation=delivery.cause,
        )
        command = SettleDelivery(delivery.id, outcome)
        await stubborn(lambda: self.deliveries.perform(stream(delivery.id), command, context))


def _needless(
    claim: Claim, answered: Answered | None, known: Watched | None, now: datetime
) -> Outcome | None:
    """Return what settles a delivery that makes no sense any more, or none.

    What is `known` here was asked last: nothing begins once the end of the commitment has been read.
    """
    delivery, attempts = claim.delivery, claim.attempts - 1
    for standing in (answered, known):
        if standing is not None and (reason := needless(delivery, standing)) is not None:
            return suppressed(delivery, reason, attempts=attempts)
    if known is not None and is_taken_over(delivery, known):
        return suppressed(delivery, "other_owner", attempts=attempts)
    if delivery.follows is not None and claim.followed != "sent":
        return suppressed(delivery, "not_told", attempts=attempts)
    if is_too_late(delivery, now):
        return failed(delivery, "gave_up", attempts=attempts)
    return None


async def stubborn(ask: Callable[[], Awaitable[T]]) -> T:
    """Return the answer, however long the database is away."""
    while True:
        try:
            return await ask()
        except PASSING as error:
            log.warning("what came of a delivery waits: %s", type(error).__name__)
            await asyncio.sleep(STUBBORN_SECONDS)

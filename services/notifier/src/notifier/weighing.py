"""Whether a delivery is still worth sending, and to whom: asked just before it goes out."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from events.catalogue import RecipientChanged, SubscriberChanged
from events.clock import Clock
from events.perform import Performer
from events.postgres import Pool

from . import claims, recipient, registers, subscriber, tables
from .addressing import Addressing
from .claims import Claim
from .delivery import (
    FOR_SEVERAL,
    Command,
    Course,
    Delivery,
    Done,
    Outcome,
    failed,
    stream,
    suppressed,
)
from .inquiry import Inquiry
from .language import spoken
from .need import Standing, is_expired, is_taken_over, is_too_late, needless
from .recipient import Recipient, SetRecipient
from .subscriber import SetSubscriber, Subscriber
from .turn import Again, goes_unchecked, next_try
from .watched import Answered, Watched

log = logging.getLogger("kept.weighing")

UNREAD_TRIES = 5
"""How often a reminder waits for a hand-over that `cases` knows and that is not read here: half a minute."""

Recipients = Performer[Recipient | None, SetRecipient, RecipientChanged]
Subscribers = Performer[Subscriber | None, SetSubscriber, SubscriberChanged]
Deliveries = Performer[Course, Command, Done]


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery that is to be sent now."""

    claim: Claim
    answered: Answered | None
    reached: Recipient
    customer: registers.Customer | None = None
    name: str | None = None
    """The customer's, in what goes to them."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A delivery that is for somebody else than it seemed."""

    delivery: UUID
    recipient: str


Weighed = Ready | Elsewhere | Outcome | None
"""None: it is settled already, or is tried again later."""


@dataclass(frozen=True, slots=True)
class Scales:
    """What weighing needs."""

    pool: Pool
    clock: Clock
    holder: str
    recipients: Recipients
    subscribers: Subscribers
    deliveries: Deliveries
    inquiry: Inquiry
    addressing: Addressing
    max_lateness: timedelta

    async def weigh(self, claim: Claim) -> Weighed:
        """Return what is to become of a delivery now."""
        delivery = claim.delivery
        if (await self.deliveries.state(stream(delivery.id)))[1].outcome is not None:
            return None
        if delivery.announced is not None:
            return await self._to_subscriber(claim, delivery.announced.subscriber)
        answered = await self.inquiry.ask(delivery.commitment, claim.position)
        now = await self.clock.now()
        known = await tables.watched(self.pool, delivery.commitment)
        if (ended := self._needless(claim, answered, known, now)) is not None:
            return ended
        standing = answered or known
        if known is None or standing is None or await self._waits(claim, standing, known, now):
            return None
        if delivery.is_for_customer:
            return await self._to_customer(claim, answered, now)
        return await self._to_role(claim, answered, standing.owner or known.said_by, now)

    async def _to_role(self, claim: Claim, answered: Answered | None, anchor: str, now: datetime) -> Weighed:
        delivery = claim.delivery
        names = await self._names(delivery, anchor, now)
        for name in names:
            _, found = await self.recipients.state(recipient.stream(name))
            if found is not None and found.ways:
                if name != delivery.recipient:
                    return Elsewhere(delivery.id, name)
                if delivery.notice in FOR_SEVERAL and await tables.told_already(self.pool, delivery):
                    return suppressed(delivery, "told", attempts=claim.attempts - 1)
                return await self._ready(Ready(claim, answered, found, await self._customer(delivery)), now)
        if not names and not delivery.is_reminder and delivery.role not in (None, "owner"):
            return suppressed(delivery, "nobody", attempts=claim.attempts - 1)
        log.warning("unowned: a message reaches nobody", extra={"delivery": str(delivery.id)})
        named = delivery.model_copy(update={"recipient": (*names, delivery.recipient)[0]})
        return failed(named, "no_recipient", attempts=claim.attempts - 1)

    async def _to_subscriber(self, claim: Claim, name: str) -> Weighed:
        """Tell a system that still wants it, of nothing that was recorded after the fact."""
        known = await tables.watched(self.pool, claim.delivery.commitment)
        if known is not None and known.backfill:
            return suppressed(claim.delivery, "backfill", attempts=claim.attempts - 1)
        _, found = await self.subscribers.state(subscriber.stream(name))
        if found is None or not found.active:
            return suppressed(claim.delivery, "nobody", attempts=claim.attempts - 1)
        return Ready(claim, None, found.reached)

    async def _names(self, delivery: Delivery, anchor: str, now: datetime) -> tuple[str, ...]:
        if delivery.role is None:
            return (delivery.recipient,) if delivery.recipient else ()
        return (await registers.roster(self.pool, anchor)).having(delivery.role, anchor, now)

    async def _customer(self, delivery: Delivery) -> registers.Customer | None:
        if delivery.notice != "tell_customer":
            return None
        return await registers.customer(self.pool, delivery.case)

    async def _to_customer(self, claim: Claim, answered: Answered | None, now: datetime) -> Weighed:
        """Write to the customer where they prefer mail; else the owner tells them.

        Who is not known here yet is waited for, and so is intake, which says who they are.
        """
        id_ = await registers.customer_of(self.pool, claim.delivery.case)
        found = await registers.customer(self.pool, claim.delivery.case)
        if (id_ is None or found is None) and claim.attempts <= UNREAD_TRIES:
            return await self.later(claim, now)
        if id_ is None or found is None or found.erased or found.channel != "email":
            return _unreached(claim, erased=found is not None and found.erased)
        who = await self.addressing.ask(id_)
        if who is None:
            return await self.later(claim, now)
        if who.erased_at is not None or who.address is None or not recipient.is_address(who.address):
            return _unreached(claim, erased=who.erased_at is not None)
        reached = Recipient(email=who.address, language=spoken(found.language), zone=found.zone)
        return await self._ready(Ready(claim, answered, reached, found, who.name), now)

    async def _ready(self, ready: Ready, now: datetime) -> Weighed:
        """Let it go, unless nobody said how it stands and there is time to ask again."""
        claim = ready.claim
        if ready.answered is None and not goes_unchecked(claim.delivery, claim.attempts, now):
            return await self.later(claim, now)
        return ready

    async def later(self, claim: Claim, now: datetime) -> Outcome | None:
        """Put a delivery off that was not sent, or return that its time is over."""
        at = next_try(claim.delivery, claim.attempts, now)
        if at is None:
            return failed(claim.delivery, "gave_up", attempts=claim.attempts)
        await claims.put_off(self.pool, self.holder, [claim.delivery.id], Again(at, claim.turn))
        return None

    async def _waits(self, claim: Claim, standing: Standing, known: Watched, now: datetime) -> bool:
        """Say whether a reminder is put off: a hand-over was not read here yet, and its instant decides.

        Where that takes too long, the reminder is the owner's of now.
        """
        if not claim.delivery.is_reminder or known.owner == standing.owner or claim.attempts > UNREAD_TRIES:
            return False
        at = next_try(claim.delivery, claim.attempts, now)
        if at is None:
            return False
        await claims.put_off(self.pool, self.holder, [claim.delivery.id], Again(at, claim.turn))
        return True

    def _needless(
        self, claim: Claim, answered: Answered | None, known: Watched | None, now: datetime
    ) -> Outcome | None:
        """Return what settles a delivery that makes no sense any more, or none."""
        delivery, attempts = claim.delivery, claim.attempts - 1
        for standing in (answered, known):
            if standing is not None and (reason := needless(delivery, standing)) is not None:
                return suppressed(delivery, reason, attempts=attempts)
        if known is not None and is_taken_over(delivery, known):
            named = delivery.model_copy(update={"recipient": delivery.owner})
            return suppressed(named, "other_owner", attempts=attempts)
        if delivery.follows is not None and claim.followed != "sent":
            return suppressed(delivery, "not_told", attempts=attempts)
        if is_expired(delivery, self.max_lateness):
            return suppressed(delivery, "expired", attempts=attempts)
        if is_too_late(delivery, now):
            return failed(delivery, "gave_up", attempts=attempts)
        return None


def _unreached(claim: Claim, *, erased: bool) -> Outcome:
    """Return that a customer cannot be written to, or asked to be forgotten: then nobody tells them."""
    if erased:
        return suppressed(claim.delivery, "erased", attempts=claim.attempts - 1)
    return failed(claim.delivery, "no_recipient", attempts=claim.attempts - 1)


def still_needed(ready: Ready, known: Mapping[UUID, Watched]) -> Ready | Outcome:
    """Return it, or what settles it: its commitment's end was read while it was weighed."""
    delivery = ready.claim.delivery
    standing = known.get(delivery.commitment)
    reason = needless(delivery, standing) if standing is not None else None
    return ready if reason is None else suppressed(delivery, reason, attempts=ready.claim.attempts - 1)

"""One attempt at one message: what in it is still needed, is there a way, send, record what came of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from opentelemetry.trace import SpanKind

from events.catalogue.notices import Means
from events.clock import derived_id
from events.decider import Actor
from events.errors import Conflict
from events.perform import Context
from events.postgres import OUTAGES
from events.telemetry import linked

from . import channels, claims, gone, tables
from .channels import Accepted, Channel, Message, Refused, Result, TryAgain
from .claims import Claim, Flight
from .delivery import Delivery, Outcome, SettleDelivery, stream
from .outcome import Settled, gave_up, refused, told
from .recipient import Recipient
from .turn import Again, Turn, again
from .watched import Watched
from .weighing import Elsewhere, Ready, Scales, Weighed, still_needed
from .writing import Writer

log = logging.getLogger("kept.sender")

PASSING: tuple[type[BaseException], ...] = (*OUTAGES, Conflict)
NOTIFIER = Actor("notifier", frozenset({"system"}))
STUBBORN_SECONDS = 0.5
"""Between two tries to record what came of a delivery."""
ASKED_AT_ONCE = 8
"""How many deliveries of one message are weighed at once."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sender:
    """What an attempt needs."""

    scales: Scales
    writer: Writer
    channel_to: Callable[[Recipient, Means], Channel | None]

    async def deliver(self, flight: Flight) -> None:
        """Try a message once; what goes wrong on our side puts it off."""
        delivery, whole = flight.claims[0].delivery, flight.claims
        about: dict[str, str | int] = {
            "kept.delivery": str(delivery.id),
            "kept.notice": delivery.notice,
            "kept.count": len(whole),
        }
        with linked("deliver", delivery.traceparent, kind=SpanKind.PRODUCER, attributes=about) as span:
            try:
                settled = await self._outcomes(flight)
            except OUTAGES as error:
                log.warning("a delivery waits for the database: %s", type(error).__name__)
                return
            except Exception:
                log.exception("a delivery failed here", extra={"delivery": str(delivery.id)})
                settled = await self._put_off(whole)
            outcome = type(settled[0][1]).__name__ if settled else "none yet"
            span.set_attribute("kept.outcome", outcome)
            await asyncio.gather(*(self._settle(each, came) for each, came in settled))

    async def _outcomes(self, flight: Flight) -> list[Settled]:
        """Return what came of the deliveries of a message; those that are not named are tried again."""
        turnstile = asyncio.Semaphore(ASKED_AT_ONCE)

        async def weigh(claim: Claim) -> Weighed:
            async with turnstile:
                return await self._weighed(claim)

        weighed = await asyncio.gather(*map(weigh, flight.claims))
        by_claim = list(zip(flight.claims, weighed, strict=True))
        settled = [(claim.delivery, came) for claim, came in by_claim if isinstance(came, Outcome)]
        elsewhere = {came.delivery: came.recipient for came in weighed if isinstance(came, Elsewhere)}
        if elsewhere:
            await claims.pass_on(self.scales.pool, self.scales.holder, elsewhere)
        ready = [came for came in weighed if isinstance(came, Ready)]
        if ready:
            flight.claims = tuple(each.claim for each in ready)
            settled += await self._send(flight, ready)
        return settled

    async def _weighed(self, claim: Claim) -> Weighed:
        """Weigh a delivery; one that fails here is put off, and the others of its message go."""
        try:
            return await self.scales.weigh(claim)
        except PASSING:
            raise
        except Exception:
            log.exception("a delivery cannot be weighed", extra={"delivery": str(claim.delivery.id)})
            return await self.scales.later(claim, await self.scales.clock.now())

    async def _send(self, flight: Flight, ready: Sequence[Ready]) -> list[Settled]:
        """Send one message that names what is still needed of it."""
        known = await self._known(ready)
        checked = [(each, still_needed(each, known)) for each in ready]
        settled: list[Settled] = [
            (each.claim.delivery, came) for each, came in checked if not isinstance(came, Ready)
        ]
        going = sorted(
            (came for _, came in checked if isinstance(came, Ready)),
            key=lambda each: each.claim.delivery.until,
        )
        if not going:
            return settled
        first, now = going[0], await self.scales.clock.now()
        means = [each for each in first.reached.ways if each not in first.claim.turn.spent]
        channel = self.channel_to(first.reached, means[0]) if means else None
        if channel is None:
            return settled + [(each.claim.delivery, gave_up(each.claim)) for each in going]
        if not flight.enters(channel.sink):
            await self._give_back(going)
            return settled
        message = self.writer.written(going, await self._bound(going), now)
        if not flight.outlasts(channels.SECONDS):
            return settled
        turn = first.claim.turn.of(first.claim.delivery, now, others=len(means) > 1)
        return settled + await self._attempt(going, message, channel, turn, others=len(means) > 1)

    async def _give_back(self, going: Sequence[Ready]) -> None:
        """Let what is to go where there is no room now be claimed again when there is."""
        same = {each.claim.delivery.id: each.claim.delivery.recipient or "" for each in going}
        await claims.pass_on(self.scales.pool, self.scales.holder, same)

    async def _attempt(
        self, going: Sequence[Ready], message: Message, channel: Channel, turn: Turn, *, others: bool
    ) -> list[Settled]:
        result = await _tried(channel, message)
        first = going[0].claim
        if isinstance(result, Refused) and result.gone:
            await stubborn(lambda: self._close(going[0]))
        match result:
            case Accepted():
                known = await stubborn(lambda: self._known(going))
                return told(going, channel.means, message.id, known)
            case Refused() if not others:
                log.warning("refused for good: %s", result.why)
                return [(each.claim.delivery, refused(each.claim, channel.means)) for each in going]
            case Refused():
                log.warning("refused, the next way: %s", result.why)
                next_ = Again(message.at, turn.over(channel.means, first.attempts))
                return await self._put_off_to(going, {each.claim.delivery.id: next_ for each in going}, None)
            case TryAgain():
                log.info("to be tried again: %s", result.why)
                at = await self.scales.clock.now()
                tries = {
                    each.claim.delivery.id: again(
                        each.claim.delivery, turn, channel.means, each.claim.attempts, at, result.at_least
                    )
                    for each in going
                }
                return await self._put_off_to(going, tries, channel.means)

    async def _close(self, ready: Ready) -> None:
        """Post nothing any more where this one would have gone."""
        scales, url = self.scales, ready.reached.webhook or ""
        await gone.close(scales.recipients, scales.subscribers, ready.claim.delivery, url, NOTIFIER)

    async def _put_off_to(
        self, going: Sequence[Ready], tries: dict[UUID, Again | None], means: Means | None
    ) -> list[Settled]:
        """Put off together what has time left; return that the rest has none."""
        left = [each for each in tries.values() if each is not None]
        if left:
            alive = [delivery for delivery, each in tries.items() if each is not None]
            soonest = min(left, key=lambda each: each.at)
            await claims.put_off(self.scales.pool, self.scales.holder, alive, soonest)
        return [
            (each.claim.delivery, gave_up(each.claim, means))
            for each in going
            if tries[each.claim.delivery.id] is None
        ]

    async def _bound(self, going: Sequence[Ready]) -> UUID:
        """Return the id of the message, the same for every attempt, whoever else is there by then."""
        bound, ids = going[0].claim.message, [each.claim.delivery.id for each in going]
        if bound is None:
            bound = ids[0] if len(ids) == 1 else derived_id("digest", *sorted(ids))
            await claims.bind(self.scales.pool, self.scales.holder, ids, bound)
        return bound

    async def _known(self, ready: Sequence[Ready]) -> dict[UUID, Watched]:
        return await tables.watched_of(self.scales.pool, {each.claim.delivery.commitment for each in ready})

    async def _put_off(self, failed_here: Sequence[Claim]) -> list[Settled]:
        now = await self.scales.clock.now()
        came = [(each.delivery, await self.scales.later(each, now)) for each in failed_here]
        return [(delivery, outcome) for delivery, outcome in came if outcome is not None]

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Record what came of it, however long the database is away: what was sent is not sent again."""
        context = Context(
            derived_id(delivery.id, type(outcome).__name__),
            NOTIFIER,
            correlation=delivery.correlation,
            causation=delivery.cause,
        )
        command = SettleDelivery(delivery.id, outcome)
        await stubborn(lambda: self.scales.deliveries.perform(stream(delivery.id), command, context))


async def _tried(channel: Channel, message: Message) -> Result:
    """Return what a channel says; one that fails here has its turn and no more, as one that takes nothing."""
    try:
        return await channel.send(message)
    except Exception as error:
        log.exception("a channel failed here", extra={"notification": str(message.id)})
        return TryAgain(type(error).__name__)


async def stubborn(ask: Callable[[], Awaitable[T]]) -> T:
    """Return the answer, however long the database is away."""
    while True:
        try:
            return await ask()
        except PASSING as error:
            log.warning("what came of a delivery waits: %s", type(error).__name__)
            await asyncio.sleep(STUBBORN_SECONDS)

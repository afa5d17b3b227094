"""How the notifier is composed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter

from events.perform import Performer
from events.service import Gauge, Parts, Service
from events.service.erasing import Erasing
from events.service.waits import must_have_read

from . import announcement, answer, delivery, recipient, subscriber, tables
from .addressing import Addressing
from .answer_pages import Answers, Reception, answer_pages
from .api import acknowledging, commands, reads
from .channels import webhook_client
from .courier import Courier
from .erasure_reactions import Clearing
from .inquiry import Inquiry
from .links import Links
from .pages import Desk, pages
from .projections import Reminding, Settling, Watching
from .reactions import Announcements, Announcing
from .registers import Knowing
from .sender import Sender
from .settings import Settings
from .subscriber_api import subscriber_reads, subscribing
from .ways import Ways
from .weighing import Deliveries, Recipients, Scales, Subscribers
from .writing import Writer


def compose(parts: Parts) -> Service:
    """Return the notifier: recipients, deliveries, and the courier that brings them."""
    settings = parts.settings
    assert isinstance(settings, Settings)
    own: dict[str, Any] = {"keyring": parts.keyring, "subject": lambda stream, _state: stream}
    recipients: Recipients = Performer(parts.log, recipient.DECIDER, source=parts.name, **own)
    deliveries: Deliveries = Performer(parts.log, delivery.DECIDER, source=parts.name, cache=0)
    subscribers: Subscribers = Performer(parts.log, subscriber.DECIDER, source=parts.name, **own)
    announcements: Announcements = Performer(parts.log, announcement.DECIDER, source=parts.name, cache=0)
    inquiry = Inquiry(parts.client, settings.urls["cases"], settings.token)
    addressing = Addressing(parts.client, settings.urls["intake"], settings.token)
    links = Links(settings.people_reach_us_at, settings.links_signed_with)
    client = webhook_client(settings.webhooks_inside)
    scales = Scales(
        pool=parts.pool,
        clock=parts.log,
        holder=parts.holder,
        recipients=recipients,
        subscribers=subscribers,
        deliveries=deliveries,
        inquiry=inquiry,
        addressing=addressing,
        max_lateness=timedelta(seconds=settings.max_lateness_seconds),
    )
    ways = Ways(settings.mail_server, settings.mail_from, client)
    courier = Courier(
        parts.pool, parts.bell, parts.holder, Sender(scales, Writer(links, inquiry), ways.to).deliver
    )
    doors = pages(Desk(parts.pool, parts.log, links, inquiry, recipients, deliveries))
    doors.include_router(_answering(parts, links, deliveries))

    async def carry() -> None:
        async with client:
            await courier.run()

    settling, knowing = parts.follow(Settling(), courier.wake), parts.follow(Knowing(), courier.wake)
    clearing = Clearing(parts.pool, parts.log, deliveries, knowing, settling)

    async def caught_up() -> None:
        await must_have_read(settling, (await parts.log.head()).position)

    handlers = (
        Watching(),
        Reminding(),
        Announcing(parts.pool, announcements, caught_up),
        Erasing(parts.log, parts.keyring, parts.name, clearing.clear, clearing.held),
    )
    router = reads(parts, recipients)
    router.include_router(subscriber_reads(parts, subscribers))
    return Service(
        parts.name,
        commands=(commands(recipients), subscribing(subscribers), acknowledging(deliveries)),
        router=router,
        open=doors,
        feed=frozenset({"system", "operator"}),
        subscriptions=(settling, knowing, *(parts.follow(each, courier.wake) for each in handlers)),
        tasks={"courier": carry},
        metrics=lambda: _gauges(parts),
    )


def _answering(parts: Parts, links: Links, deliveries: Deliveries) -> APIRouter:
    """Return the pages on which customers answer."""
    answers: Answers = Performer(
        parts.log,
        answer.DECIDER,
        source=parts.name,
        cache=0,
        keyring=parts.keyring,
        subject=answer.subject,
    )
    return answer_pages(Reception(parts.pool, parts.log, links, deliveries, answers, parts.lookup))


async def _gauges(parts: Parts) -> Sequence[Gauge]:
    counts = await tables.counts(parts.pool)
    gauges = [Gauge("deliveries", "Deliveries by state", n, {"state": state}) for state, n in counts.items()]
    unowned = await tables.unowned(parts.pool)
    return [*gauges, Gauge("unowned", "Messages that found nobody to go to", unowned)]

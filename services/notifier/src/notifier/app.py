"""How the notifier is composed."""

from collections.abc import Sequence
from datetime import timedelta

from events.perform import Performer
from events.service import Gauge, Parts, Service

from . import delivery, recipient, tables
from .api import acknowledging, commands, reads
from .channels import webhook_client
from .courier import Courier
from .inquiry import Inquiry
from .links import Links
from .pages import Desk, pages
from .projections import Reminding, Settling, Watching
from .registers import Knowing
from .sender import Sender
from .settings import Settings
from .ways import Ways
from .weighing import Deliveries, Recipients, Scales


def compose(parts: Parts) -> Service:
    """Return the notifier: recipients, deliveries, and the courier that brings them."""
    settings = parts.settings
    assert isinstance(settings, Settings)
    recipients: Recipients = Performer(parts.log, recipient.DECIDER, source=parts.name)
    deliveries: Deliveries = Performer(parts.log, delivery.DECIDER, source=parts.name, cache=0)
    inquiry = Inquiry(parts.client, settings.urls["cases"], settings.token)
    links = Links(settings.people_reach_us_at, settings.links_signed_with)
    client = webhook_client()
    scales = Scales(
        pool=parts.pool,
        clock=parts.log,
        holder=parts.holder,
        recipients=recipients,
        deliveries=deliveries,
        inquiry=inquiry,
        max_lateness=timedelta(seconds=settings.max_lateness_seconds),
    )
    ways = Ways(settings.smtp_host, settings.smtp_port, settings.mail_from, client)
    courier = Courier(parts.pool, parts.bell, parts.holder, Sender(scales, links, ways.to).deliver)

    async def carry() -> None:
        async with client:
            await courier.run()

    projections = (Watching(), Reminding(), Knowing(), Settling())
    return Service(
        parts.name,
        commands=(commands(recipients), acknowledging(deliveries)),
        router=reads(parts, recipients),
        open=pages(Desk(parts.pool, parts.log, links, inquiry, recipients, deliveries)),
        subscriptions=tuple(parts.follow(each, courier.wake) for each in projections),
        tasks={"courier": carry},
        metrics=lambda: _gauges(parts),
    )


async def _gauges(parts: Parts) -> Sequence[Gauge]:
    counts = await tables.counts(parts.pool)
    gauges = [Gauge("deliveries", "Deliveries by state", n, {"state": state}) for state, n in counts.items()]
    unowned = await tables.unowned(parts.pool)
    return [*gauges, Gauge("unowned", "Messages that found nobody to go to", unowned)]

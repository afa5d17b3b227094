"""How the notifier is composed."""

from collections.abc import Sequence

import httpx

from events.perform import Performer
from events.service import Gauge, Parts, Service

from . import delivery, recipient, tables
from .api import commands, reads
from .channels import Ways, webhook_client
from .courier import Courier
from .inquiry import Inquiry
from .sender import Recipients, Sender
from .settings import Settings


def compose(parts: Parts) -> Service:
    """Return the notifier: recipients, deliveries, and the courier that brings them."""
    recipients: Recipients = Performer(parts.log, recipient.DECIDER, source=parts.name)
    client = webhook_client()
    courier = Courier(parts.pool, parts.bell, parts.holder, _sender(parts, recipients, client).deliver)

    async def carry() -> None:
        async with client:
            await courier.run()

    async def gauges() -> Sequence[Gauge]:
        counts = await tables.counts(parts.pool)
        return [
            Gauge("deliveries", "Deliveries by state", n, {"state": state}) for state, n in counts.items()
        ]

    projections = (tables.Watching(), tables.Reminding(), tables.Settling())
    return Service(
        parts.name,
        commands=(commands(recipients),),
        router=reads(parts, recipients),
        subscriptions=tuple(parts.follow(each, courier.wake) for each in projections),
        tasks={"courier": carry},
        metrics=gauges,
    )


def _sender(parts: Parts, recipients: Recipients, client: httpx.AsyncClient) -> Sender:
    settings = parts.settings
    assert isinstance(settings, Settings)
    return Sender(
        pool=parts.pool,
        clock=parts.log,
        holder=parts.holder,
        recipients=recipients,
        deliveries=Performer(parts.log, delivery.DECIDER, source=parts.name, cache=0),
        inquiry=Inquiry(parts.client, settings.urls["cases"], settings.token),
        channel_to=Ways(settings.smtp_host, settings.smtp_port, settings.mail_from, client).to,
    )

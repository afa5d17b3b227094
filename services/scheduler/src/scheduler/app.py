"""How the scheduler is composed."""

from collections.abc import Sequence

from events.service import Gauge, Parts, Service

from . import tables
from .api import reads
from .ticker import Ticker


def compose(parts: Parts) -> Service:
    """Return the scheduler: the timers of commitments, and the ticker that fires them."""
    timers = tables.Timers(parts.bell)

    async def figures() -> Sequence[Gauge]:
        backlog, _ = await tables.upcoming(parts.pool)
        return [Gauge("timers_due", "Timers that have come and not fired.", backlog)]

    return Service(
        parts.name,
        router=reads(parts),
        subscriptions=(parts.follow(timers, timers.committed),),
        tasks={"ticker": Ticker(parts.pool, parts.bell).run},
        metrics=figures,
    )

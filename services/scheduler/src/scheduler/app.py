"""How the scheduler is composed."""

from collections.abc import Sequence

from events.fields import LAST as NEVER
from events.service import Gauge, Parts, Service

from . import tables
from .api import reads
from .ticker import Ticker


def compose(parts: Parts) -> Service:
    """Return the scheduler: the timers of commitments, and the ticker that fires them."""
    timers = tables.Timers(parts.bell)

    async def figures() -> Sequence[Gauge]:
        backlog, timer = await tables.upcoming(parts.pool)
        fire_at = (timer and timer.fire_at) or NEVER
        late = max((await parts.log.now() - fire_at).total_seconds(), 0)
        return [
            Gauge("timers_due", "Timers that have come and not fired.", backlog),
            Gauge("timers_late_seconds", "How late the oldest timer that has come is.", late),
        ]

    return Service(
        parts.name,
        router=reads(parts),
        subscriptions=(parts.follow(timers, timers.committed),),
        tasks={"ticker": Ticker(parts.pool, parts.bell).run},
        metrics=figures,
    )

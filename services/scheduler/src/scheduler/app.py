"""How the scheduler is composed."""

from events.service import Parts, Service

from .tables import Timers
from .ticker import Ticker


def compose(parts: Parts) -> Service:
    """Return the scheduler: the timers of commitments, and the ticker that fires them."""
    timers = Timers(parts.bell)
    return Service(
        parts.name,
        subscriptions=(parts.follow(timers, timers.committed),),
        tasks={"ticker": Ticker(parts.pool, parts.bell).run},
    )

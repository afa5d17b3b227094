"""How the scheduler is composed."""

import logging
from collections.abc import Sequence
from contextlib import suppress

from aiokafka.errors import KafkaError

from events.fields import LAST as NEVER
from events.kafka import read_tail
from events.service import Gauge, Parts, Service

from . import tables
from .api import reads
from .projections import Noticed, Timers
from .ticker import Ticker

log = logging.getLogger("kept.scheduler")

HEARD_SECONDS = 10.0
"""How long the ticker waits at its start for the timers to catch up: a late reminder beats none at all."""


def compose(parts: Parts) -> Service:
    """Return the scheduler: the timers of commitments, and the ticker that fires them."""
    timers = Timers(parts.bell)
    following = parts.follow(timers, timers.committed)

    async def caught_up(seconds: float = 0) -> bool:
        topic = parts.settings.topic_prefix + timers.log
        end = (await read_tail(parts.settings.broker, timers.log, topic)).row
        return end is None or await following.passed(end.position, seconds)

    async def heard() -> None:
        with suppress(KafkaError, TimeoutError):
            if await caught_up(HEARD_SECONDS):
                return
        log.warning("timers fire although what the cases said may not all be known")

    noticed = Noticed(parts.bell, caught_up)

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
        subscriptions=(following, parts.follow(noticed, noticed.committed)),
        tasks={"ticker": Ticker(parts.pool, parts.bell, heard).run},
        metrics=figures,
    )

"""The timers folded anew from three logs: planned, held, hastened, less what fired: none fires again."""

from collections.abc import Sequence
from importlib.resources import files
from uuid import UUID

from events.catalogue import Event
from events.postgres import Connection
from events.recorded import Recorded
from events.service import Parts, Report, refold, verify
from events.verify import Finding
from events.verify.domain_time import domain_time
from events.verify.punctuality import Moved, punctuality
from events.verify.timers import completeness, planned, spoken, timer_name

from .projections import Noticed, Timers
from .reminder import Spoken, unfired
from .tables import ladders, write

SCHEMA = (files("scheduler") / "schema.sql").read_text()
_PENDING = "SELECT commitment, revision, name, planned FROM public.timer_v1"


class Fired:
    """What the ticker itself did to the timers: those that spoke are gone, with those they spoke for."""

    name = "fired"
    log = "reminders"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Take away the timers that these firings settled."""
        said: dict[UUID, list[Spoken]] = {}
        for recorded in batch:
            if isinstance(recorded.event, Spoken):
                said.setdefault(recorded.event.commitment, []).append(recorded.event)
        before = await ladders(connection, said)
        after = [unfired(ladder, said[commitment]) for commitment, ladder in before.items()]
        await write(connection, [ladder for ladder in after if ladder != before[ladder.commitment]])


def _tables(parts: Parts) -> refold.Tables:
    return refold.Tables(
        SCHEMA,
        lambda: (Timers(parts.bell), Noticed(parts.bell), Fired()),
        {
            "timer_v1": "id, commitment, case_id, revision, name, planned, fire_at, due, role, short_notice,"
            " cause, correlation, traceparent, moved, failed",
            "armed_v1": "commitment, case_id, revision, ended, ack_timeout",
        },
        unfollowed=frozenset({Fired.name}),
    )


async def rebuild_tables(parts: Parts) -> Report:
    """Arm the timers anew, in the place of the live ones; the service must be stopped."""
    return await refold.rebuild(parts, _tables(parts))


async def verify_tables(parts: Parts) -> Report:
    """Compare the timers with folds of the logs (I5, I6, I7), see that none is missed (I8, I9, I14)."""
    return await verify.verify(parts, _tables(parts), _complete)


async def _complete(seen: verify.Seen) -> Sequence[Finding]:
    pending = [timer_name(*row) for row in await seen.connection.fetch(_PENDING)]
    moved = Moved(seen.events("cases"), seen.events("notifications"))
    return [
        completeness(planned(seen.events("cases")), spoken(seen.events("reminders")), pending),
        punctuality(seen.events("reminders"), moved),
        domain_time(seen.events("reminders")),
    ]

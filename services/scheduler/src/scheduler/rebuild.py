"""The timers folded anew from both logs: what the cases planned, less what has fired; nothing fires again."""

from collections.abc import Sequence
from importlib.resources import files

from events.catalogue import CommitmentFellDue, Event, ReminderDue
from events.postgres import Connection
from events.recorded import Recorded
from events.service import Parts, Report, refold, verify
from events.verify import Finding
from events.verify.timers import completeness, planned, spoken

from .reminder import DUE
from .tables import Timers

SCHEMA = (files("scheduler") / "schema.sql").read_text()
_FIRED = "DELETE FROM timer_v1 WHERE commitment = $1 AND revision = $2 AND name = $3 AND planned = $4"
_SKIPPED = "DELETE FROM timer_v1 WHERE commitment = $1 AND revision = $2 AND name = any($3)"
_PENDING = "SELECT commitment, revision, name FROM public.timer_v1"


class Fired:
    """What the ticker itself did to the timers: those that spoke are gone, with those they spoke for."""

    name = "fired"
    log = "reminders"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Take away the timers that these firings settled."""
        said = [each.event for each in batch if isinstance(each.event, ReminderDue | CommitmentFellDue)]
        await connection.executemany(
            _FIRED, [(event.commitment, event.revision, *_spoke(event)) for event in said]
        )
        await connection.executemany(
            _SKIPPED,
            [(event.commitment, event.revision, list(event.skipped)) for event in said if event.skipped],
        )


def _spoke(event: ReminderDue | CommitmentFellDue) -> tuple[str, object]:
    return (event.rung, event.planned) if isinstance(event, ReminderDue) else (DUE, event.due)


def _tables(parts: Parts) -> refold.Tables:
    return refold.Tables(
        SCHEMA,
        lambda: (Timers(parts.bell), Fired()),
        {
            "timer_v1": "id, commitment, case_id, revision, name, planned, fire_at, due, role, short_notice,"
            " cause, correlation, traceparent",
            "armed_v1": "commitment, case_id, revision, ended",
        },
        unfollowed=frozenset({Fired.name}),
    )


async def rebuild_tables(parts: Parts) -> Report:
    """Arm the timers anew, in the place of the live ones; the service must be stopped."""
    return await refold.rebuild(parts, _tables(parts))


async def verify_tables(parts: Parts) -> Report:
    """Compare the timers with folds of both logs (I5, I6, I7), and see that none is missing (I8)."""
    return await verify.verify(parts, _tables(parts), _complete)


async def _complete(seen: verify.Seen) -> Sequence[Finding]:
    pending = [tuple(row) for row in await seen.connection.fetch(_PENDING)]
    return [completeness(planned(seen.events("cases")), spoken(seen.events("reminders")), pending)]

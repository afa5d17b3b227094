"""What holds throughout the simulation: the invariants on its logs, as strictly as a driven clock allows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from events.catalogue import Event, ExpectationSet, FollowUpPromised, ReminderDue
from events.postgres import LOGS
from events.recorded import Recorded
from events.verify import Finding
from events.verify.conservation import conservation, lapse_truth, read
from events.verify.delivered import ends, quiet_after_the_end, told_once
from events.verify.domain_time import domain_time
from events.verify.firing import single_firing
from events.verify.punctuality import Moved, punctuality
from events.verify.readable import readable
from events.verify.timers import completeness, planned, spoken, timer_name
from tests.system.installed import Installed

AT_ONCE = timedelta(0)
"""While all settles the clock stands: nothing that is under way takes any time."""
_PENDING = "SELECT commitment, revision, name, planned FROM timer_v1"


class Ledgers:
    """The four logs, as far as they were read."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed
        self._read: dict[str, list[Recorded[Event]]] = {service: [] for service in LOGS}

    async def read_on(self) -> None:
        """Read what is new."""
        for service, known in self._read.items():
            async with self._installed.place.log(service) as log:
                while page := await log.tail(known[-1].position if known else 0):
                    known.extend(readable(page))

    async def findings(self, now: datetime) -> list[Finding]:
        """Return what was found of each invariant by now; all must be at rest."""
        await self.read_on()
        cases, reminders, notices = (self._read[each] for each in ("cases", "scheduler", "notifier"))
        lives = read(cases)
        rows = await self._installed.fetch("scheduler", _PENDING)
        pending = [timer_name(*row) for row in rows]
        return [
            completeness(planned(cases), spoken(reminders), pending),
            punctuality(reminders, Moved(cases, notices), AT_ONCE),
            quiet_after_the_end(notices, ends(cases), AT_ONCE),
            told_once(notices),
            single_firing(reminders),
            lapse_truth(lives, now),
            *map(domain_time, self._read.values()),
            conservation(lives),
        ]

    @property
    def promises(self) -> int:
        """How many promises were made."""
        return sum(isinstance(each.event, ExpectationSet | FollowUpPromised) for each in self._read["cases"])

    def late(self) -> Iterator[ReminderDue]:
        """Yield the reminders that were late."""
        for recorded in self._read["scheduler"]:
            if isinstance(recorded.event, ReminderDue) and recorded.event.lateness:
                yield recorded.event

    def kinds(self) -> set[str]:
        """Return which types of events there are."""
        return {each.row.type for each in chain.from_iterable(self._read.values())}

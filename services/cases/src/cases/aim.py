"""From an aim of a policy to instants: what we work to, and what may be promised."""

from dataclasses import dataclass
from datetime import datetime

from events.catalogue.policies import Aim
from events.catalogue.terms import Span
from worktime import Calendar

from .span import promised
from .telling import on_wall, spanning


@dataclass(frozen=True, slots=True)
class Measure:
    """What time is counted in."""

    zone: str
    """On whose walls months are counted, where there is no calendar."""
    calendar: Calendar | None = None
    """In which business time is counted."""
    ref: str | None = None
    """Its version, `berlin@3`."""

    @property
    def wall(self) -> str:
        """The zone of the calendar, where there is one."""
        return self.calendar.zone if self.calendar else self.zone


@dataclass(frozen=True, slots=True)
class Aimed:
    """The instants of an aim, and how they came about."""

    target: datetime
    due: datetime
    """What may be promised: the target and the buffer."""
    steps: tuple[str, ...]
    """A sentence for each step."""


def aimed(aim: Aim, start: datetime, measure: Measure) -> Aimed:
    """Return target and due of an aim that counts from `start`.

    Raises Invalid where business time has no calendar, or nothing is open within reach.
    """
    target, due = promised(aim, start, measure.wall, measure.calendar)
    steps = [_step(aim.within, start, target, measure)]
    if aim.buffer is not None:
        steps.append(f"Buffer: {_step(aim.buffer, target, due, measure)}")
    return Aimed(target, due, tuple(steps))


def _step(span: Span, start: datetime, end: datetime, measure: Measure) -> str:
    where = f" on {measure.ref}" if measure.ref and span.unit.startswith("business") else ""
    ends = on_wall(end, measure.wall)
    return f"{on_wall(start, measure.wall)} → {spanning(span)}{where} → {ends} ({measure.wall})."

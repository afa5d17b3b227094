"""How each rung of a ladder comes to its instant, in words."""

from dataclasses import dataclass, replace
from datetime import timedelta

from events.catalogue.terms import Rung, Terms
from worktime import Calendar

from .plan import Frame, Plan, plan
from .telling import lasting, on_wall

LONG_BEFORE = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ladder for one due."""

    terms: Terms
    frame: Frame
    hours: Calendar | None
    """In which business leads are counted."""
    zone: str
    """On whose walls instants are told."""

    def plan(self) -> Plan:
        """Return the plan that it makes."""
        return plan(self.terms, self.frame, self.hours)

    def steps(self) -> tuple[str, ...]:
        """Return a sentence for each rung, and one for what short notice does."""
        return (*(self._step(rung) for rung in self.terms.ladder), self._short_notice())

    def _step(self, rung: Rung) -> str:
        alone = self.terms.model_copy(update={"ladder": (rung,)})
        loud = alone.model_copy(update={"quiet": None})
        frame = (
            self.frame if rung.share is not None else replace(self.frame, now=self.frame.due - LONG_BEFORE)
        )
        first = plan(loud, frame, self.hours).timers[0].at
        sentence = f"Reminder to the {rung.role}, {_said(rung)} → {on_wall(first, self.zone)} ({self.zone})"
        if first < self.frame.now:
            return f"{sentence}, which is past."
        moved = plan(alone, self.frame, self.hours).timers[0].at
        if self.terms.quiet is None or moved == first:
            return f"{sentence}."
        quiet = f"{self.terms.quiet.begins:%H:%M} to {self.terms.quiet.ends:%H:%M}"
        return f"{sentence}, in the quiet hours {quiet} → {on_wall(moved, self.zone)}."

    def _short_notice(self) -> str:
        late = len(self.plan().left_out) + any(timer.short_notice for timer in self.plan().timers)
        if not late:
            return "No reminder lies in the past."
        what = "none is sent" if self.terms.short_notice == "skip" else "one is sent at once"
        return f"{late} of {len(self.terms.ladder)} reminders would lie in the past: {what}."


def _said(rung: Rung) -> str:
    if rung.share is not None:
        return f"after {rung.share:.0%} of the time"
    return f"{lasting(rung.lead or timedelta(0), 'business' if rung.unit == 'business' else '')} before"

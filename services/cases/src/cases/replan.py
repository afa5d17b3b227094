"""The plan of a commitment made anew: moved, going on after a pause, or open again."""

from datetime import datetime

from events.catalogue.terms import Span, Timer
from worktime import Calendar

from .commitment import Commitment
from .plan import Frame, Plan, plan
from .span import between, counted, onward
from .verdict import known_due


def due_after_pause(commitment: Commitment, now: datetime, calendar: Calendar | None) -> datetime:
    """Return the due of a clock that goes on now: now and what was left, as it counts (§5.3, 15, 16).

    Where none of the time that it counts has passed meanwhile, the due stays as it is.
    """
    stopped, due = commitment.paused_at or now, known_due(commitment)
    span = counted(commitment.rule) or Span()
    if not between(stopped, now, span, calendar):
        return due
    return onward(now, between(stopped, due, span, calendar), span, calendar)


def replan(commitment: Commitment, frame: Frame, calendar: Calendar | None) -> Plan:
    """Return the plan of a commitment anew; while nobody owns it, with the instant by which somebody must."""
    planned = plan(commitment.terms, frame, calendar)
    by = commitment.owner_by
    if commitment.owner is not None or by is None or (by < frame.now and not _slept(commitment, by)):
        return planned
    unowned = Timer(name="owner_by", at=max(by, frame.now), role="team")
    return Plan((unowned, *planned.timers), planned.left_out)


def _slept(commitment: Commitment, by: datetime) -> bool:
    """Say whether its clock stood still at that instant, so that nobody was told."""
    return commitment.paused_at is not None and commitment.paused_at <= by

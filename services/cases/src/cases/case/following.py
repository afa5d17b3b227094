"""What follows from an event by itself: a series goes on, a parent takes its children along (§6)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from cases.book import Book
from cases.commitment import Commitment
from cases.plan import Frame, plan, until_owned
from cases.policy import About
from cases.span import after
from cases.verdict import lapse, overdue
from events.catalogue import (
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentWithdrawn,
    ExpectationSet,
    FollowUpPromised,
    VerdictCorrected,
)
from events.catalogue.terms import AfterSpan, Series
from events.clock import derived_id
from events.decider import Asked
from events.errors import Invalid
from worktime import tzdata_version

from .state import Case, CaseEvent


def following(
    before: Case, event: CaseEvent, asked: Asked, book: Book, *, closing: bool
) -> Iterator[CaseEvent]:
    """Yield what an event brings with it, given the case before it."""
    ended = _ended(event)
    if ended is not None:
        yield from _children(before, ended, asked.now)
    if isinstance(event, CommitmentKept | CommitmentLapsed) and not closing:
        found = before.commitments[event.commitment]
        if found.pending:
            yield from _next_cycle(before, found, event, asked, book)


def _ended(event: CaseEvent) -> UUID | None:
    """Return the commitment that an event ends, or takes the debt of."""
    match event:
        case CommitmentKept() | CommitmentReleased() | CommitmentWithdrawn():
            return event.commitment
        case VerdictCorrected() if event.verdict in {"kept", "kept_late"}:
            return event.commitment
        case ExpectationSet() | FollowUpPromised():
            return event.replaces
        case _:
            return None


def _children(case: Case, parent: UUID, now: datetime) -> Iterator[CommitmentLapsed | CommitmentWithdrawn]:
    """Yield the end of what served a commitment; what was overdue already has lapsed, whoever noticed."""
    for child in case.children(parent):
        if overdue(child, now):
            yield lapse(child)
        elif child.pending:
            yield CommitmentWithdrawn(commitment=child.id, reason="parent_ended")


def _next_cycle(
    case: Case, found: Commitment, event: CommitmentKept | CommitmentLapsed, asked: Asked, book: Book
) -> Iterator[FollowUpPromised]:
    """Yield the next update: from when this one was kept, else (or at a fixed cadence) from its due.

    None where it is made already, where what it served has ended, or where no time is left to count it in.
    """
    series, due = found.series, found.told_due
    if series is None or due is None:
        return
    next_id = derived_id("cycle", series.id, series.cycle + 1)
    parent = None if found.parent is None else case.commitments.get(found.parent)
    made = next_id in case.commitments or next_id in case.moved
    if made or (parent is not None and not parent.pending):
        return
    sliding = series.cadence == "sliding" and isinstance(event, CommitmentKept)
    start = max(event.at, found.made_at) if sliding else due
    calendar = None if found.calendar is None else book.calendar(found.calendar)
    try:
        next_due = after(series.every, start, zone=case.zone, calendar=calendar)
    except Invalid:
        return
    planned = plan(found.terms, Frame(next_due, next_due, asked.now), calendar)
    about = About(case.kind, case.priority, case.segment, found.channel)
    waits = None if found.owner else book.policy(found.policy).saying(about).owner_by
    same = (
        *("words", "basis", "owner", "said_by", "terms", "policy", "calendar", "team_zone", "contact"),
        *("parent", "parts", "channel", "origin"),
    )
    yield FollowUpPromised(
        commitment=next_id,
        due=next_due,
        rule=AfterSpan(span=series.every, zone=case.zone),
        at=asked.now,
        timers=(*until_owned(waits, asked.now, next_due), *planned.timers),
        left_out=planned.left_out,
        tzdata=tzdata_version(),
        series=Series(id=series.id, cycle=series.cycle + 1, every=series.every, cadence=series.cadence),
        **{name: getattr(found, name) for name in same},
    )

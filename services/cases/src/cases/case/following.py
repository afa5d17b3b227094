"""What follows from an event by itself: a series goes on, a parent takes its children along (§6)."""

from collections.abc import Iterator

from cases.book import Book
from cases.commitment import Commitment
from cases.plan import Frame, plan_late
from cases.span import after
from events.catalogue import (
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentWithdrawn,
    FollowUpPromised,
)
from events.catalogue.terms import AfterSpan, Series
from events.clock import derived_id
from events.decider import Asked
from worktime import tzdata_version

from .state import Case, CaseEvent


def following(
    before: Case, event: CaseEvent, asked: Asked, book: Book, *, closing: bool
) -> Iterator[CaseEvent]:
    """Yield what an event brings with it, given the case before it."""
    found = before.commitments.get(getattr(event, "commitment", before.customer))
    if found is None:
        return
    if _ends(found, event):
        yield from _children(before, found)
    if isinstance(event, CommitmentKept | CommitmentLapsed) and not closing and found.pending:
        yield from _next_cycle(before, found, event, asked, book)


def _ends(found: Commitment, event: CaseEvent) -> bool:
    if isinstance(event, CommitmentReleased):
        return found.state != "lapsed"
    return isinstance(event, CommitmentKept | CommitmentWithdrawn)


def _children(case: Case, parent: Commitment) -> Iterator[CommitmentWithdrawn]:
    for child in case.children(parent.id):
        if child.pending:
            yield CommitmentWithdrawn(commitment=child.id, reason="parent_ended")


def _next_cycle(
    case: Case, found: Commitment, event: CommitmentKept | CommitmentLapsed, asked: Asked, book: Book
) -> Iterator[FollowUpPromised]:
    """Yield the next update: from when this one was kept, else (or at a fixed cadence) from its due."""
    series, due = found.series, found.told_due
    if series is None or due is None:
        return
    sliding = series.cadence == "sliding" and isinstance(event, CommitmentKept)
    calendar = None if found.calendar is None else book.calendar(found.calendar)
    next_due = after(series.every, event.at if sliding else due, zone=case.zone, calendar=calendar)
    planned = plan_late(found.terms, Frame(next_due, next_due, asked.now), calendar)
    cycle = series.cycle + 1
    yield FollowUpPromised(
        commitment=derived_id("cycle", series.id, cycle),
        words=found.words,
        basis=found.basis,
        due=next_due,
        rule=AfterSpan(span=series.every, zone=case.zone),
        owner=found.owner,
        said_by=found.said_by,
        at=asked.now,
        terms=found.terms,
        timers=planned.timers,
        left_out=planned.left_out,
        policy=found.policy,
        calendar=found.calendar,
        tzdata=tzdata_version(),
        contact=found.contact,
        series=Series(id=series.id, cycle=cycle, every=series.every, cadence=series.cadence),
        channel=found.channel,
        origin=found.origin,
    )

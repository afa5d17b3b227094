"""Giving a commitment its due, and moving it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.commitment import Commitment
from cases.correction import kept_after_all, told_after_all, untold
from cases.due import Said, must_lie_ahead, resolve
from cases.overpromise import warnings
from cases.plan import Frame, due_timer
from cases.span import after, promised
from cases.verdict import Stated, done_in_time, known_due, time_of_fact
from events.catalogue import CommitmentDated, CommitmentRescheduled, CustomerTold
from events.catalogue.terms import AfterSpan, Evidence, OverPromise, Rule
from events.errors import Invalid, NotNow
from worktime import tzdata_version

from .commands import DateCommitment, Move, RescheduleCommitment
from .draft import Draft


def date(draft: Draft, command: DateCommitment) -> None:
    """Give what had none its due: named now, or following from its condition."""
    found = draft.touch(command.commitment)
    if found.state == "open" and _stands(draft, command, found):
        return
    if found.state not in {"undated", "dormant"}:
        raise NotNow(what="commitment", state=found.state)
    at, due, rule = _named(draft, command, found)
    _within_its_parent(draft, found, due)
    planned = draft.plan(found, Frame(due, due, draft.asked.now))
    draft.add(
        CommitmentDated(
            commitment=found.id,
            revision=found.revision + 1,
            cause=command.cause,
            due=due,
            rule=rule,
            at=at,
            timers=planned.timers,
            left_out=planned.left_out,
            calendar=found.calendar,
            tzdata=tzdata_version(),
            contact=command.contact,
        )
    )


def _within_its_parent(draft: Draft, found: Commitment, due: datetime) -> None:
    parent = None if found.parent is None else draft.case.commitments.get(found.parent)
    if parent is not None and parent.told_due is not None and due > parent.told_due:
        reason = f"must not lie after the due of its parent, {parent.told_due.isoformat()}"
        raise Invalid(field="due", reason=reason)


def _stands(draft: Draft, command: DateCommitment, found: Commitment) -> bool:
    """Say whether it was dated so already, and not moved since."""
    if command.cause == "condition_met" or found.revision == 1 or found.rescheduled:
        return command.cause == "condition_met" and found.condition is not None
    return command.due is not None and _said(draft, found, command.due)[0] == found.due


def _named(draft: Draft, command: DateCommitment, found: Commitment) -> tuple[datetime, datetime, Rule]:
    if command.cause == "named":
        if command.due is None:
            raise Invalid(field="due", reason="name it")
        return draft.asked.now, *_said(draft, found, command.due)
    if found.condition is None or command.due is not None:
        raise Invalid(field="cause", reason="it hangs on no condition: name its due")
    met = time_of_fact(command.occurred_at, draft.asked)
    then = found.condition.then
    due = after(then, met.at, zone=draft.case.zone, calendar=draft.calendar(found))
    return met.at, must_lie_ahead(due, draft.asked.now), AfterSpan(span=then, zone=draft.case.zone)


def _said(draft: Draft, found: Commitment, by: Said) -> tuple[datetime, Rule]:
    return resolve(by, draft.said(found.team_zone, found.calendar))


@dataclass(frozen=True, slots=True)
class Moved:
    """Where to it is moved, why, and in which contact the customer was told."""

    due: datetime
    rule: Rule
    reason: str
    told_in: UUID | None
    not_before: datetime | None = None


def reschedule(draft: Draft, command: RescheduleCommitment) -> None:
    """Move the due; of what was said, without `told_in` the due that the customer knows stays as it is."""
    found = movable(draft, command.commitment)
    due, rule = _said(draft, found, command.due)
    _move(draft, found, Moved(due, rule, command.reason, command.told_in, command.not_before))


def move_along(draft: Draft, moved: Move, contact: UUID | None) -> None:
    """Move what has no result yet, in the contact that kept a follow-up (§6)."""
    if moved.commitment not in draft.case.commitments:
        raise Invalid(field="moves", reason=f"{moved.commitment} is no commitment of this case")
    found = movable(draft, moved.commitment)
    due, rule = _said(draft, found, moved.due)
    _move(draft, found, Moved(due, rule, moved.reason, contact))


def movable(draft: Draft, commitment: UUID) -> Commitment:
    """Return a commitment that may be rescheduled. Raises Unknown, NotNow."""
    found = draft.touch_in(commitment, "open")
    if found.basis == "policy":
        raise NotNow(what="commitment", state="our own aim: recompute it instead")
    return found


def _move(draft: Draft, found: Commitment, to: Moved) -> None:
    now = draft.asked.now
    knows = to.told_in is not None or found.basis == "internal"
    told_due = to.due if knows else known_due(found)
    if to.due == found.due and to.not_before in {None, found.not_before}:
        if to.told_in is not None and told_due != found.told_due:
            tell(draft, Telling(found.id, found.revision, contact=to.told_in), Stated(now, now))
        return
    planned = draft.plan(found, Frame(to.due, told_due, now))
    draft.add(
        CommitmentRescheduled(
            commitment=found.id,
            revision=found.revision + 1,
            was=found.due or told_due,
            due=to.due,
            told_due=told_due,
            not_before=_window(found, to),
            rule=to.rule,
            at=now,
            reason=to.reason,
            told_in=to.told_in,
            warnings=_warnings(draft, found, to.due),
            timers=planned.timers,
            left_out=planned.left_out,
            calendar=found.calendar,
            tzdata=tzdata_version(),
        )
    )


def _warnings(draft: Draft, found: Commitment, due: datetime) -> tuple[OverPromise, ...]:
    """Return what is to be said of the new due; the policy's target counts from when it was promised."""
    saying, calendar = draft.saying(found.policy, found.channel), draft.calendar(found)
    aim = saying.response if found.form == "follow_up" else saying.outcome
    try:
        aimed_at = None if aim is None else promised(aim, found.made_at, draft.case.zone, calendar)[1]
    except Invalid:
        aimed_at = None  # a target that cannot be counted here refuses nothing
    children = [
        (child.id, child.told_due)
        for child in draft.case.children(found.id)
        if child.pending and child.told_due is not None
    ]
    return warnings(
        due, needed_by=found.needed_by, owner_calendar=calendar, aim_due=aimed_at, children=children
    )


def _window(found: Commitment, to: Moved) -> datetime | None:
    """Return the start of the new window: named, or as long before its end as it was."""
    if to.not_before is not None:
        if to.not_before >= to.due:
            raise Invalid(field="not_before", reason="must lie before the due")
        return to.not_before
    if found.not_before is None or found.due is None:
        return None
    return to.due - (found.due - found.not_before)


@dataclass(frozen=True, slots=True)
class Telling:
    """The customer was told of a revision, in a contact or by a message."""

    commitment: UUID
    revision: int
    contact: UUID | None = None
    notification: UUID | None = None


def tell(draft: Draft, telling: Telling, fact: Stated) -> None:
    """Note that the customer knows of this revision; an older one, or told after the due, changes nothing.

    Told and recorded by the due that the customer knew, it never lapsed for that, however late this is read;
    recorded after it, a lapse is written first and taken back.
    """
    found = draft.case.commitments[telling.commitment]
    if not (untold(found, telling.revision) and _told_in_time(found, fact)):
        return
    if fact.recorded_at > known_due(found):
        found = draft.touch(found.id)
    evidence = Evidence(contact=telling.contact)
    if found.state == "kept_late":
        draft.add(_told(found, telling), kept_after_all(found, fact, evidence, draft.asked))
    elif found.state != "lapsed" or draft.case.state != "closed":
        draft.add(*told_after_all(found, fact, evidence, draft.asked, draft.calendar(found)))
        draft.add(_told(draft.case.commitments[found.id], telling))


def _told_in_time(found: Commitment, fact: Stated) -> bool:
    """Say whether they were told by the due they knew, and before the new one had passed itself."""
    due = found.untold_due or found.due
    return done_in_time(found, fact) and due is not None and fact.at <= due


def _told(commitment: Commitment, telling: Telling) -> CustomerTold:
    due = commitment.untold_due or commitment.due
    assert due is not None, "what was rescheduled has a due"
    return CustomerTold(
        commitment=commitment.id,
        revision=commitment.revision,
        contact=telling.contact,
        notification=telling.notification,
        told_due=due,
        timers=() if commitment.ended else (due_timer(due),),
    )

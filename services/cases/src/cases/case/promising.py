"""Making a commitment, and moving it."""

from typing import Any
from uuid import UUID

from cases.commitment import Commitment
from cases.due import resolve
from cases.plan import Frame, due_timer, ladder, plan
from cases.policy import DEFAULT
from cases.verdict import Stated, done_in_time, told_after_all, untold
from events.catalogue import CommitmentRescheduled, CustomerTold, ExpectationSet, FollowUpPromised
from events.catalogue.terms import Terms
from events.errors import Invalid, NotNow
from worktime import tzdata_version

from .commands import NewExpectation, PromiseFollowUp, RescheduleCommitment, SetExpectation
from .draft import Draft


def set_expectation(draft: Draft, command: SetExpectation) -> None:
    """Tell the customer what will happen."""
    if command.commitment not in draft.case.commitments:
        said = _said(draft, command)
        draft.add(ExpectationSet(commitment=command.commitment, origin=command.case, **said))


def promise_follow_up(draft: Draft, command: PromiseFollowUp) -> None:
    """Promise the customer a contact."""
    if command.commitment not in draft.case.commitments:
        said = _said(draft, command) | {"channel": command.channel, "answers": command.answers}
        draft.add(FollowUpPromised(commitment=command.commitment, origin=command.case, **said))


def reschedule(draft: Draft, command: RescheduleCommitment) -> None:
    """Move the due; without `told_in` the due that the customer knows stays as it is."""
    now = draft.asked.now
    commitment = draft.touch_open(command.commitment)
    due, rule = resolve(command.due, now=now, zone=draft.case.zone)
    told_due = commitment.told_due if command.told_in is None else due
    if due == commitment.due:
        if told_due != commitment.told_due and command.told_in is not None:
            tell(draft, commitment.id, commitment.revision, command.told_in, Stated(now, now))
        return
    planned = plan(commitment.terms, Frame(due, told_due, now))
    draft.add(
        CommitmentRescheduled(
            commitment=commitment.id,
            revision=commitment.revision + 1,
            was=commitment.due,
            due=due,
            told_due=told_due,
            rule=rule,
            reason=command.reason,
            told_in=command.told_in,
            timers=planned.timers,
            left_out=planned.left_out,
            tzdata=tzdata_version(),
        )
    )


def tell(draft: Draft, commitment: UUID, revision: int, contact: UUID, fact: Stated) -> None:
    """Note that the customer knows of this revision; an older one, or told after the due, changes nothing.

    Told and recorded by the due that the customer knew, it never lapsed for that, however late this is read;
    recorded after it, a lapse is written first and taken back.
    """
    found = draft.case.commitments[commitment]
    if not (untold(found, revision) and done_in_time(found, fact)):
        return
    if fact.recorded_at > found.told_due:
        found = draft.touch(commitment)
    if found.state == "lapsed" and draft.case.state == "closed":
        return
    draft.add(*told_after_all(found, fact, contact, draft.asked))
    draft.add(_told(draft.case.commitments[commitment], contact))


def _told(commitment: Commitment, contact: UUID) -> CustomerTold:
    return CustomerTold(
        commitment=commitment.id,
        revision=commitment.revision,
        contact=contact,
        told_due=commitment.due,
        timers=(due_timer(commitment.due),),
    )


def _said(draft: Draft, command: NewExpectation) -> dict[str, Any]:
    """Return what every new commitment says."""
    draft.must_be_open()
    if command.replaces is not None:
        _must_be_owed(draft, command.replaces)
    asked, policy = draft.asked, DEFAULT
    due, rule = resolve(command.due, now=asked.now, zone=draft.case.zone)
    own = command.reminders
    leads = ladder(policy.reminders if own is None else (reminder.lead for reminder in own))
    terms = Terms(ladder=leads, short_notice=command.short_notice or policy.short_notice)
    planned = plan(terms, Frame(due, due, asked.now))
    return {
        "words": command.words,
        "basis": command.basis,
        "due": due,
        "rule": rule,
        "owner": command.owner or asked.actor.subject,
        "said_by": asked.actor.subject,
        "at": asked.now,
        "terms": terms,
        "timers": planned.timers,
        "left_out": planned.left_out,
        "policy": policy.name,
        "tzdata": tzdata_version(),
        "contact": command.contact,
        "replaces": command.replaces,
    }


def _must_be_owed(draft: Draft, replaced: UUID) -> None:
    if replaced not in draft.case.commitments:
        raise Invalid(field="replaces", reason="is no commitment of this case")
    commitment = draft.touch(replaced)
    if commitment.state != "lapsed":
        raise NotNow(what="commitment to be replaced", state=commitment.state)
    if not commitment.owed:
        raise NotNow(what="commitment to be replaced", state="no longer owed")

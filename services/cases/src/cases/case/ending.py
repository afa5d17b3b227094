"""What becomes of a commitment by command: answered, handed over, kept, released, withdrawn, corrected."""

from datetime import datetime
from uuid import UUID

from cases.commitment import Answer, Commitment, Explanation
from cases.correction import correct_to_not_kept
from cases.verdict import Deed, Stated, done_in_time, keep, lapse, overdue, time_of_fact
from events.catalogue import (
    CommitmentAgreed,
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentPartlyKept,
    CommitmentReleased,
    CommitmentWithdrawn,
    LapseExplained,
)
from events.catalogue.terms import Evidence
from events.decider import Actor
from events.errors import Forbidden, Invalid, NotNow

from .commands import (
    AgreeCommitment,
    AnswerByLink,
    CorrectVerdict,
    DeclineCommitment,
    EndWithdrawn,
    ExplainLapse,
    FellDue,
    HandOverCommitment,
    KeepCommitment,
    KeepPart,
    Proof,
    WithdrawCommitment,
)
from .dating import move_along
from .draft import Draft
from .rejections import NeedsReply
from .waiting import hold

AFTER_LAPSE = frozenset({"entered_in_error", "duplicate"})
"""The reasons for which even a lapse is withdrawn: it should never have stood."""


def answer(draft: Draft, command: AgreeCommitment | DeclineCommitment) -> None:
    """Note whether it suits the customer; the promise binds all the same (§3)."""
    found = draft.touch(command.commitment)
    if not found.pending:
        raise NotNow(what="commitment", state=found.state)
    if isinstance(command, DeclineCommitment):
        _note(draft, found, Answer(False, command.contact, command.counter, command.words))
    else:
        _note(draft, found, Answer(True, command.contact))


def answer_by_link(draft: Draft, command: AnswerByLink) -> None:
    """Note what the customer answered to our letter, unless it told of another revision or all was over."""
    found = draft.case.commitments.get(command.commitment)
    if found is None or not found.pending or overdue(found, command.at):
        return
    if found.revision == command.revision:
        _note(draft, found, Answer(command.agreed, None, command.counter, command.words))


def _note(draft: Draft, found: Commitment, said: Answer) -> None:
    """Note an answer that does not stand yet; who agreed already need not agree again."""
    stands = found.answer
    if said.agreed and (stands is None or not stands.agreed):
        draft.add(CommitmentAgreed(commitment=found.id, contact=said.contact))
    elif not said.agreed and stands != said:
        declined = CommitmentDeclined(
            commitment=found.id, contact=said.contact, counter=said.counter, words=said.words
        )
        draft.add(declined)


def hand_over(draft: Draft, command: HandOverCommitment) -> None:
    """Give it to another owner, also after it lapsed."""
    commitment = draft.touch(command.commitment)
    if commitment.ended:
        raise NotNow(what="commitment", state=commitment.state)
    if commitment.owner != command.owner:
        draft.add(
            CommitmentHandedOver(
                commitment=commitment.id, was=commitment.owner, owner=command.owner, words=command.words
            )
        )


def keep_by_command(draft: Draft, command: KeepCommitment) -> None:
    """Judge what is said to be done, and move in the same talk what has no result yet."""
    keep_by_word(draft, command.commitment, command.occurred_at, command.evidence)
    for moved in command.moves:
        move_along(draft, moved, command.evidence.contact)


def keep_by_word(draft: Draft, commitment: UUID, occurred_at: datetime | None, proof: Proof) -> None:
    """Judge what is said to be done; a reply to contacts is kept by a contact only."""
    fact = time_of_fact(occurred_at, draft.asked)
    found = draft.touch(commitment)
    if found.answers and (not found.ended or _would_correct(found, fact)):
        raise NeedsReply(what="commitment", state=found.state)
    draft.add(*keep(found, Deed(fact, _evidence(proof), draft.asked.actor)))


def keep_part(draft: Draft, command: KeepPart) -> None:
    """Note how many parts are done; the last one is done by keeping the whole."""
    found = draft.touch_in(command.commitment, "open", "lapsed")
    if command.done >= found.parts:
        raise Invalid(field="done", reason=f"of {found.parts}: the last part is done by keeping it")
    if command.done > found.done:
        fact = time_of_fact(command.occurred_at, draft.asked)
        evidence = _evidence(command.evidence)
        draft.add(
            CommitmentPartlyKept(
                commitment=found.id, done=command.done, of=found.parts, at=fact.at, evidence=evidence
            )
        )


def explain(draft: Draft, command: ExplainLapse) -> None:
    """Say why it lapsed. Raises Invalid for a reason that its policy does not list."""
    found = draft.touch_in(command.commitment, "lapsed", "kept_late")
    reasons = draft.saying(found.policy, found.channel).lapse_reasons or ()
    if command.reason not in reasons:
        raise Invalid(field="reason", reason=f"give one of {', '.join(reasons)}")
    if found.explanation != Explanation(command.reason, command.words):
        draft.add(LapseExplained(commitment=found.id, reason=command.reason, words=command.words))


def _would_correct(commitment: Commitment, fact: Stated) -> bool:
    return commitment.state == "kept_late" and done_in_time(commitment, fact)


def release(draft: Draft, commitment: UUID, contact: UUID, words: str | None) -> None:
    """Note that the customer lets us off; what lapsed stays lapsed, and is no longer owed."""
    found = draft.touch(commitment)
    if found.state == "released" or (found.state == "lapsed" and found.debt_ended):
        return
    if found.ended:
        raise NotNow(what="commitment", state=found.state)
    draft.add(CommitmentReleased(commitment=commitment, contact=contact, words=words))


def withdraw(draft: Draft, command: WithdrawCommitment | EndWithdrawn) -> None:
    """Take it back: its author or a lead; after it lapsed a lead only, what should not have stood."""
    found = draft.touch(command.commitment)
    if found.state == "withdrawn":
        return
    if found.ended or (found.state == "lapsed" and command.reason not in AFTER_LAPSE):
        raise NotNow(what="commitment", state=found.state)
    if not _may_withdraw(found, command.reason, draft.asked.actor):
        raise Forbidden(needed="lead")
    if command.reason == "impossible" and command.contact is None:
        raise Invalid(field="contact", reason="name the contact in which the customer was told")
    draft.add(
        CommitmentWithdrawn(
            commitment=found.id, reason=command.reason, words=command.words, contact=command.contact
        )
    )


def _may_withdraw(commitment: Commitment, reason: str, actor: Actor) -> bool:
    author = commitment.said_by == actor.subject and commitment.pending and reason != "impossible"
    return author or actor.has("lead")


def correct(draft: Draft, command: CorrectVerdict) -> None:
    """Judge anew on evidence: from an agent a contact or an outside record, never the word alone."""
    evidence = _evidence(command.evidence)
    proven = evidence.contact is not None or evidence.record is not None
    if not proven and not (evidence.words and draft.asked.actor.has("lead", "system")):
        raise Invalid(field="evidence", reason="name a contact or an outside record")
    if command.verdict == "kept":
        _correct_to_kept(draft, command, evidence)
    else:
        _correct_to_not_kept(draft, command, evidence)


def _correct_to_kept(draft: Draft, command: CorrectVerdict, evidence: Evidence) -> None:
    if command.occurred_at is None:
        raise Invalid(field="occurred_at", reason="say when it was done")
    fact = time_of_fact(command.occurred_at, draft.asked)
    found = draft.touch(command.commitment)
    if found.pending:
        raise NotNow(what="commitment", state=found.state)
    if found.answers and not draft.asked.actor.has("lead", "system"):
        raise NeedsReply(what="commitment", state=found.state)
    draft.add(*keep(found, Deed(fact, evidence, draft.asked.actor)))


def _correct_to_not_kept(draft: Draft, command: CorrectVerdict, evidence: Evidence) -> None:
    found = draft.touch(command.commitment)
    judged = correct_to_not_kept(found, evidence, draft.asked.now, draft.calendar(found))
    draft.add(*judged)
    if draft.case.commitments[found.id].state == "open":
        draft.must_be_open()
        hold(draft, found.id)


def fall_due(draft: Draft, command: FellDue) -> None:
    """Lapse, if the signal speaks of the revision and the due that hold now; else it comes too late."""
    found = draft.case.commitments.get(command.commitment)
    if (
        found is not None
        and found.state == "open"
        and (found.revision, found.told_due) == (command.revision, command.due)
    ):
        draft.add(lapse(found))


def _evidence(proof: Proof) -> Evidence:
    return Evidence(**dict(proof))

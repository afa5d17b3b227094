"""Verdicts: a function of due, revision and the times of evidence, never of who arrives first (§6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.catalogue import CommitmentKept, CommitmentLapsed, VerdictCorrected
from events.catalogue.terms import Evidence
from events.decider import Actor, Asked
from events.errors import Invalid, NotNow

from .commitment import Commitment
from .plan import Frame, Plan, plan

Judged = CommitmentKept | VerdictCorrected


@dataclass(frozen=True, slots=True)
class Stated:
    """The time of a fact: what was stated, but never ahead of the log's clock."""

    at: datetime
    recorded_at: datetime
    clock_skew: bool = False


def time_of_fact(stated: datetime | None, asked: Asked, field: str = "occurred_at") -> Stated:
    """Return the time of a fact (none stated: now). Raises Invalid where it lies too far ahead (§5.7)."""
    if stated is None or stated <= asked.now:
        return Stated(stated or asked.now, asked.now)
    if stated > asked.now + asked.skew_limit:
        raise Invalid(field=field, reason=f"lies ahead of {asked.now.isoformat()}")
    return Stated(asked.now, asked.now, clock_skew=True)


def lapse(commitment: Commitment) -> CommitmentLapsed:
    """Return the lapse of an open commitment at the due that the customer knows."""
    return CommitmentLapsed(
        commitment=commitment.id,
        revision=commitment.revision,
        at=commitment.told_due,
        cause="due_passed" if commitment.told_due == commitment.due else "change_not_told",
    )


def overdue(commitment: Commitment, now: datetime) -> bool:
    """Say whether it is open though its due has passed: done exactly at due is kept."""
    return commitment.state == "open" and now > commitment.told_due


def done_in_time(commitment: Commitment, fact: Stated) -> bool:
    """Say whether a thing done then was done by the due that the customer knows."""
    return fact.at <= commitment.told_due


def keep(
    commitment: Commitment, fact: Stated, evidence: Evidence, actor: Actor, *, other_channel: bool = False
) -> tuple[Judged, ...]:
    """Return the verdict on a thing done, for a commitment that has lapsed if its due has passed.

    Done in time corrects what lapsed, also where it was kept late before the evidence came.

    Raises NotNow where it was released or withdrawn.
    """
    in_time = done_in_time(commitment, fact)
    match commitment.state:
        case "lapsed" | "kept_late" if in_time:
            return (_late_evidence(commitment, fact, evidence, actor),)
        case "open" | "lapsed":
            return (_kept(commitment, fact, evidence, in_time=in_time, other_channel=other_channel),)
        case "kept" | "kept_late":
            return ()
        case _:
            raise NotNow(what="commitment", state=commitment.state)


def untold(commitment: Commitment, revision: int) -> bool:
    """Say whether telling the customer of this revision, by the due they know, still changes something."""
    if commitment.revision != revision:
        return False
    fell = commitment.untold_due is not None and commitment.state == "lapsed" and commitment.owed
    return fell or (commitment.state == "open" and commitment.told_due != commitment.due)


def told_after_all(
    commitment: Commitment, fact: Stated, contact: UUID, asked: Asked
) -> tuple[VerdictCorrected, ...]:
    """Return the lapse of a change not told taken back, since the customer was told in time (35)."""
    due = commitment.untold_due
    if commitment.state != "lapsed" or due is None:
        return ()
    planned = _plan_again(commitment, Frame(due, due, asked.now))
    return (
        VerdictCorrected(
            commitment=commitment.id,
            was="lapsed",
            verdict="open",
            at=fact.at,
            evidence=Evidence(contact=contact),
            self_attested=_self_attested(commitment, fact, asked.actor),
            revision=commitment.revision + 1,
            timers=planned.timers,
            left_out=planned.left_out,
            clock_skew=fact.clock_skew,
        ),
    )


def correct_to_not_kept(commitment: Commitment, evidence: Evidence, now: datetime) -> tuple[Judged, ...]:
    """Return the verdict after evidence that it was not done: open while its due is ahead, else lapsed.

    Raises NotNow where it was released or withdrawn.
    """
    match commitment.state:
        case "open" | "lapsed":
            return ()
        case "kept" if now <= commitment.told_due:
            return (_open_again(commitment, evidence, now),)
        case "kept" | "kept_late":
            return (
                VerdictCorrected(
                    commitment=commitment.id,
                    was=commitment.state,
                    verdict="lapsed",
                    at=commitment.told_due,
                    evidence=evidence,
                    revision=commitment.revision,
                ),
            )
        case _:
            raise NotNow(what="commitment", state=commitment.state)


def _kept(
    commitment: Commitment, fact: Stated, evidence: Evidence, *, in_time: bool, other_channel: bool
) -> CommitmentKept:
    return CommitmentKept(
        commitment=commitment.id,
        verdict="kept" if in_time else "kept_late",
        at=fact.at,
        margin=commitment.told_due - fact.at,
        evidence=evidence,
        other_channel=other_channel,
        clock_skew=fact.clock_skew,
        order_corrected=fact.at < commitment.made_at,
    )


def _late_evidence(
    commitment: Commitment, fact: Stated, evidence: Evidence, actor: Actor
) -> VerdictCorrected:
    return VerdictCorrected(
        commitment=commitment.id,
        was="kept_late" if commitment.state == "kept_late" else "lapsed",
        verdict="kept",
        at=fact.at,
        evidence=evidence,
        self_attested=_self_attested(commitment, fact, actor),
        revision=commitment.revision,
        order_corrected=fact.at < commitment.made_at,
        clock_skew=fact.clock_skew,
    )


def _self_attested(commitment: Commitment, fact: Stated, actor: Actor) -> bool:
    """Say whether only an owner says so, after the due: what their word names proves nothing here."""
    late = fact.recorded_at > commitment.told_due
    return late and actor.subject in commitment.owners and not actor.has("lead")


def _open_again(commitment: Commitment, evidence: Evidence, now: datetime) -> VerdictCorrected:
    planned = _plan_again(commitment, Frame(commitment.due, commitment.told_due, now))
    return VerdictCorrected(
        commitment=commitment.id,
        was="kept",
        verdict="open",
        at=now,
        evidence=evidence,
        revision=commitment.revision + 1,
        timers=planned.timers,
        left_out=planned.left_out,
    )


def _plan_again(commitment: Commitment, frame: Frame) -> Plan:
    """Return the plan of what is open again; once its due has passed, without a reminder."""
    terms = commitment.terms
    if frame.now > frame.due:
        terms = terms.model_copy(update={"short_notice": "skip"})
    return plan(terms, frame)

"""Verdicts: a function of due, revision and the times of evidence, never of who arrives first (§6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.catalogue import CommitmentDated, CommitmentKept, CommitmentLapsed, VerdictCorrected
from events.catalogue.terms import AtInstant, Evidence, Span, Timer
from events.decider import Actor, Asked
from events.errors import Invalid, NotNow
from worktime import Calendar, tzdata_version

from .commitment import Commitment
from .plan import Frame, Plan, plan
from .span import between, counted, onward

Judged = CommitmentDated | CommitmentKept | VerdictCorrected


@dataclass(frozen=True, slots=True)
class Stated:
    """The time of a fact: what was stated, but never ahead of the log's clock."""

    at: datetime
    recorded_at: datetime
    clock_skew: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """A thing done: when, what shows it, who says so."""

    fact: Stated
    evidence: Evidence
    actor: Actor
    other_channel: bool = False
    """Through another channel than promised."""


def time_of_fact(stated: datetime | None, asked: Asked, field: str = "occurred_at") -> Stated:
    """Return the time of a fact (none stated: now). Raises Invalid where it lies too far ahead (§5.7)."""
    if stated is None or stated <= asked.now:
        return Stated(stated or asked.now, asked.now)
    if stated > asked.now + asked.skew_limit:
        raise Invalid(field=field, reason=f"lies ahead of {asked.now.isoformat()}")
    return Stated(asked.now, asked.now, clock_skew=True)


def known_due(commitment: Commitment) -> datetime:
    """Return the due that the customer knows, of a commitment that has one."""
    assert commitment.told_due is not None, "it has no due yet"
    return commitment.told_due


def lapse(commitment: Commitment) -> CommitmentLapsed:
    """Return the lapse of an open commitment at the due that the customer knows."""
    return CommitmentLapsed(
        commitment=commitment.id,
        revision=commitment.revision,
        at=known_due(commitment),
        cause="due_passed" if commitment.told_due == commitment.due else "change_not_told",
        done=commitment.done,
        of=commitment.parts,
    )


def overdue(commitment: Commitment, now: datetime) -> bool:
    """Say whether it is open though its due has passed: done exactly at due is kept."""
    return commitment.state == "open" and now > known_due(commitment)


def done_in_time(commitment: Commitment, fact: Stated) -> bool:
    """Say whether a thing done then was done by the due that the customer knows; waiting always is."""
    return commitment.told_due is None or commitment.state == "waiting" or fact.at <= commitment.told_due


def keep(commitment: Commitment, deed: Deed) -> tuple[Judged, ...]:
    """Return the verdict on a thing done, for a commitment that has lapsed if its due has passed.

    Done in time corrects what lapsed, also where it was kept late before the evidence came. What never had
    a due gets the time it was done.

    Raises NotNow where it was released or withdrawn; Invalid where an appointment had not begun (§6).
    """
    in_time = done_in_time(commitment, deed.fact)
    match commitment.state:
        case "lapsed" | "kept_late" if in_time:
            _not_too_early(commitment, deed)
            return (_late_evidence(commitment, deed),)
        case "open" | "waiting" | "lapsed":
            _not_too_early(commitment, deed)
            return (_kept(commitment, deed, margin=_margin(commitment, deed.fact), in_time=in_time),)
        case "undated" | "dormant":
            kept = _kept(commitment, deed, margin=timedelta(0), in_time=True)
            return (_dated_when_done(commitment, deed.fact), kept)
        case "kept" | "kept_late":
            return ()
        case _:
            raise NotNow(what="commitment", state=commitment.state)


def too_early(commitment: Commitment, deed: Deed) -> bool:
    """Say whether it was done before the window that the customer knows, who did not agree to that."""
    begins = commitment.told_not_before
    return begins is not None and deed.fact.at < begins and deed.evidence.agreed_in is None


def _not_too_early(commitment: Commitment, deed: Deed) -> None:
    begins = commitment.told_not_before
    if begins is not None and too_early(commitment, deed):
        reason = (
            f"too early: it was agreed for {begins.isoformat()} or later, unless a contact says otherwise"
        )
        raise Invalid(field="occurred_at", reason=reason)


def _margin(commitment: Commitment, fact: Stated) -> timedelta:
    """Return what was left when it was done; of a stopped clock, when it stopped."""
    return known_due(commitment) - min(fact.at, commitment.paused_at or fact.at)


def _dated_when_done(commitment: Commitment, fact: Stated) -> CommitmentDated:
    return CommitmentDated(
        commitment=commitment.id,
        revision=commitment.revision + 1,
        due=fact.at,
        rule=AtInstant(at=fact.at),
        at=fact.at,
        cause="done",
        timers=(),
        calendar=commitment.calendar,
        tzdata=tzdata_version(),
    )


def untold(commitment: Commitment, revision: int) -> bool:
    """Say whether telling the customer of this revision, by the due they know, still changes something."""
    if commitment.revision != revision:
        return False
    if commitment.untold_due is not None and commitment.state == "kept_late":
        return commitment.ended_at is not None and commitment.ended_at <= commitment.untold_due
    fell = commitment.untold_due is not None and commitment.state == "lapsed" and commitment.owed
    return fell or (commitment.state == "open" and commitment.told_due != commitment.due)


def kept_after_all(
    commitment: Commitment, fact: Stated, evidence: Evidence, asked: Asked
) -> VerdictCorrected:
    """Return the lateness taken back of what was done by the due that the customer had been told of (35)."""
    assert commitment.ended_at is not None, "what is kept late was done"
    return VerdictCorrected(
        commitment=commitment.id,
        was="kept_late",
        verdict="kept",
        at=commitment.ended_at,
        evidence=evidence,
        self_attested=_self_attested(commitment, fact, asked.actor),
        revision=commitment.revision,
        clock_skew=fact.clock_skew,
    )


def told_after_all(
    commitment: Commitment, fact: Stated, evidence: Evidence, asked: Asked, calendar: Calendar | None
) -> tuple[VerdictCorrected, ...]:
    """Return the lapse of a change not told taken back, since the customer was told in time (35)."""
    due = commitment.untold_due
    if commitment.state != "lapsed" or due is None:
        return ()
    planned = replan(commitment, Frame(due, due, asked.now), calendar)
    return (
        VerdictCorrected(
            commitment=commitment.id,
            was="lapsed",
            verdict="open",
            at=fact.at,
            evidence=evidence,
            self_attested=_self_attested(commitment, fact, asked.actor),
            revision=commitment.revision + 1,
            timers=planned.timers,
            left_out=planned.left_out,
            clock_skew=fact.clock_skew,
        ),
    )


def correct_to_not_kept(
    commitment: Commitment, evidence: Evidence, now: datetime, calendar: Calendar | None
) -> tuple[Judged, ...]:
    """Return the verdict after evidence that it was not done: open while its due is ahead, else lapsed.

    Raises NotNow where it was released or withdrawn, or never had a due to lapse by.
    """
    match commitment.state:
        case "kept" if commitment.dated_when_done:
            raise NotNow(what="commitment", state="kept without ever having had a due: promise it anew")
        case "kept" if commitment.paused_at is not None:
            return (_running_again(commitment, evidence, now, calendar),)
        case "kept" if now <= known_due(commitment):
            return (_open_again(commitment, evidence, now, calendar),)
        case "kept" | "kept_late":
            return (
                VerdictCorrected(
                    commitment=commitment.id,
                    was=commitment.state,
                    verdict="lapsed",
                    at=known_due(commitment),
                    evidence=evidence,
                    revision=commitment.revision,
                ),
            )
        case "released" | "withdrawn":
            raise NotNow(what="commitment", state=commitment.state)
        case _:
            return ()


def _kept(commitment: Commitment, deed: Deed, *, margin: timedelta, in_time: bool) -> CommitmentKept:
    return CommitmentKept(
        commitment=commitment.id,
        verdict="kept" if in_time else "kept_late",
        at=deed.fact.at,
        margin=margin,
        evidence=deed.evidence,
        other_channel=deed.other_channel,
        clock_skew=deed.fact.clock_skew,
        order_corrected=deed.fact.at < commitment.made_at,
    )


def _late_evidence(commitment: Commitment, deed: Deed) -> VerdictCorrected:
    return VerdictCorrected(
        commitment=commitment.id,
        was="kept_late" if commitment.state == "kept_late" else "lapsed",
        verdict="kept",
        at=deed.fact.at,
        evidence=deed.evidence,
        self_attested=_self_attested(commitment, deed.fact, deed.actor),
        revision=commitment.revision,
        order_corrected=deed.fact.at < commitment.made_at,
        clock_skew=deed.fact.clock_skew,
    )


def _self_attested(commitment: Commitment, fact: Stated, actor: Actor) -> bool:
    """Say whether only an owner says so, after the due: what their word names proves nothing here."""
    late = fact.recorded_at > known_due(commitment)
    return late and actor.subject in commitment.owners and not actor.has("lead")


def _open_again(
    commitment: Commitment, evidence: Evidence, now: datetime, calendar: Calendar | None
) -> VerdictCorrected:
    due = known_due(commitment)
    planned = replan(commitment, Frame(commitment.due or due, due, now), calendar)
    return _opened(commitment, evidence, now, planned)


def _running_again(
    commitment: Commitment, evidence: Evidence, now: datetime, calendar: Calendar | None
) -> VerdictCorrected:
    """Return the verdict on what was said to be done while its clock stood: it has what was left then."""
    due = due_after_pause(commitment, now, calendar)
    planned = replan(commitment, Frame(due, due, now), calendar)
    return _opened(commitment, evidence, now, planned).model_copy(update={"due": due})


def _opened(commitment: Commitment, evidence: Evidence, now: datetime, planned: Plan) -> VerdictCorrected:
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

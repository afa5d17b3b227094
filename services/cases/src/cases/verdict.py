"""Verdicts: a function of due, revision and the times of evidence, never of who arrives first (§6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.catalogue import CommitmentDated, CommitmentKept, CommitmentLapsed, VerdictCorrected
from events.catalogue.terms import AtInstant, Evidence
from events.decider import Actor, Asked
from events.errors import Invalid, NotNow
from worktime import tzdata_version

from .commitment import Commitment

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
        margin=_margin(commitment, deed.fact),
        evidence=deed.evidence,
        self_attested=self_attested(commitment, deed.fact, deed.actor),
        revision=commitment.revision,
        order_corrected=deed.fact.at < commitment.made_at,
        clock_skew=deed.fact.clock_skew,
    )


def self_attested(commitment: Commitment, fact: Stated, actor: Actor) -> bool:
    """Say whether only an owner says so, after the due: what their word names proves nothing here."""
    late = fact.recorded_at > known_due(commitment)
    return late and actor.subject in commitment.owners and not actor.has("lead")

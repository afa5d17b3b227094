"""Verdicts taken back: told after all, or never done (§6)."""

from datetime import datetime

from events.catalogue import VerdictCorrected
from events.catalogue.terms import Evidence
from events.decider import Asked
from events.errors import NotNow
from worktime import Calendar

from .commitment import Commitment
from .plan import Frame, Plan
from .replan import due_after_pause, replan
from .verdict import Judged, Stated, known_due, self_attested


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
        margin=commitment.untold_due - commitment.ended_at if commitment.untold_due else None,
        evidence=evidence,
        self_attested=self_attested(commitment, fact, asked.actor),
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
            self_attested=self_attested(commitment, fact, asked.actor),
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

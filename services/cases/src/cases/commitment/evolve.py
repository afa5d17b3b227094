"""How events change a commitment."""

from dataclasses import fields, replace
from datetime import datetime
from typing import assert_never

from events.catalogue import (
    CommitmentAgreed,
    CommitmentAttempted,
    CommitmentDated,
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentPartlyKept,
    CommitmentRecomputed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    FollowUpPromised,
    LapseExplained,
    VerdictCorrected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.waits import Resumed
from events.keyring import ERASED, hidden

from .state import Answer, Commitment, Explanation, Made, State

Dated = CommitmentDated | CommitmentRescheduled | CommitmentRecomputed
Ending = CommitmentKept | CommitmentLapsed | VerdictCorrected | CommitmentReleased | CommitmentWithdrawn
Changed = (
    Dated
    | Ending
    | CommitmentAgreed
    | CommitmentDeclined
    | CustomerTold
    | CommitmentHandedOver
    | CommitmentAttempted
    | CommitmentPartlyKept
    | LapseExplained
)
"""What changes one commitment; a wait changes several (`paused`, `resumed`)."""
TAKEN = {field.name for field in fields(Commitment)} - {"target"}
"""What a commitment takes over as the event says it that makes it."""


def made(event: Made) -> Commitment:
    """Return the commitment that begins with this event."""
    return Commitment(
        id=event.commitment,
        form="follow_up" if isinstance(event, FollowUpPromised) else "expectation",
        made_at=event.at,
        first_due=event.due,
        target=event.target or event.due,
        told_due=event.due,
        told_not_before=event.not_before,
        owner_by=next((timer.at for timer in event.timers if timer.name == "owner_by"), None),
        state=_beginning(event),
        **{name: said for name, said in vars(event).items() if name in TAKEN},
    )


def _beginning(event: Made) -> State:
    if event.due is not None:
        return "open"
    return "undated" if event.condition is None else "dormant"


def evolve(commitment: Commitment, event: Changed) -> Commitment:
    """Return the commitment after an event."""
    match event:
        case CommitmentDated() | CommitmentRescheduled() | CommitmentRecomputed():
            return _dated(commitment, event)
        case (
            CommitmentKept()
            | CommitmentLapsed()
            | VerdictCorrected()
            | CommitmentReleased()
            | CommitmentWithdrawn()
        ):
            return _ended(commitment, event)
        case _:
            return _noted(commitment, event)


def paused(commitment: Commitment, event: WaitingOnCustomer) -> Commitment:
    """Return the commitment with its clock stopped, by one wait more."""
    return replace(
        commitment,
        state="waiting",
        waits=(*commitment.waits, event.wait),
        paused_at=commitment.paused_at or event.at,
        timers=(),
    )


def unheld(commitment: Commitment, event: WaitEnded) -> Commitment:
    """Return the commitment that one wait less holds."""
    return replace(commitment, waits=tuple(wait for wait in commitment.waits if wait != event.wait))


def resumed(commitment: Commitment, again: Resumed) -> Commitment:
    """Return the commitment whose clock goes on."""
    return replace(
        commitment,
        state="open",
        waits=(),
        paused_at=None,
        revision=again.revision,
        target=again.due,
        due=again.due,
        told_due=again.due,
        timers=again.timers,
        left_out=again.left_out,
    )


def erased(commitment: Commitment) -> Commitment:
    """Return the commitment without words; its times and its verdict stay."""
    condition, answer, explanation = commitment.condition, commitment.answer, commitment.explanation
    return replace(
        commitment,
        words=ERASED,
        condition=condition and condition.model_copy(update={"words": ERASED}),
        answer=answer and replace(answer, words=hidden(answer.words)),
        explanation=explanation and replace(explanation, words=hidden(explanation.words)),
    )


def _dated(commitment: Commitment, event: Dated) -> Commitment:
    same = ("revision", "due", "rule", "calendar", "tzdata", "timers", "left_out")
    dated = replace(
        commitment, target=event.due, told_due=event.due, **{name: getattr(event, name) for name in same}
    )
    match event:
        case CommitmentDated():
            done = event.cause == "done"
            return replace(dated, state="open", first_due=event.due, dated_when_done=done)
        case CommitmentRescheduled():
            return replace(
                dated,
                told_due=event.told_due,
                not_before=event.not_before,
                told_not_before=event.not_before
                if event.told_due == event.due
                else commitment.told_not_before,
                rescheduled=commitment.rescheduled + 1,
                answer=None,
            )
        case CommitmentRecomputed():
            return replace(dated, policy=event.policy, terms=event.terms)
        case _:
            assert_never(event)


def _noted(  # noqa: PLR0911 - one arm per event
    commitment: Commitment,
    event: CommitmentAgreed
    | CommitmentDeclined
    | CustomerTold
    | CommitmentHandedOver
    | CommitmentAttempted
    | CommitmentPartlyKept
    | LapseExplained,
) -> Commitment:
    match event:
        case CommitmentAgreed():
            return replace(commitment, answer=Answer(agreed=True, contact=event.contact))
        case CommitmentDeclined():
            answer = Answer(agreed=False, contact=event.contact, counter=event.counter, words=event.words)
            return replace(commitment, answer=answer)
        case CustomerTold():
            rungs = tuple(timer for timer in commitment.timers if timer.name != "due")
            return replace(
                commitment,
                due=event.told_due,
                told_due=event.told_due,
                told_not_before=commitment.not_before,
                untold_due=None,
                change_not_told=False,
                timers=rungs + event.timers,
            )
        case CommitmentHandedOver():
            past = (*commitment.past_owners, *([commitment.owner] if commitment.owner else []))
            timers = tuple(timer for timer in commitment.timers if timer.name != "owner_by")
            return replace(commitment, owner=event.owner, past_owners=past, timers=timers)
        case CommitmentAttempted():
            return replace(
                commitment,
                attempts=(*commitment.attempts, event.contact),
                attempted_at=(*commitment.attempted_at, event.at),
            )
        case CommitmentPartlyKept():
            return replace(commitment, done=event.done)
        case LapseExplained():
            return replace(commitment, explanation=Explanation(event.reason, event.words))
        case _:
            assert_never(event)


def _ended(commitment: Commitment, event: Ending) -> Commitment:
    match event:
        case CommitmentKept():
            return replace(_still(commitment), state=event.verdict, ended_at=event.at)
        case CommitmentLapsed():
            fell = _fall_due(commitment, event.at, untold=event.cause == "change_not_told")
            return replace(_still(fell), state="lapsed")
        case VerdictCorrected():
            return _corrected(commitment, event)
        case CommitmentReleased():
            if commitment.state == "lapsed":
                return replace(commitment, debt_ended=True)
            return replace(_still(commitment), state="released")
        case CommitmentWithdrawn():
            return replace(_still(commitment), state="withdrawn")
        case _:
            assert_never(event)


def _still(commitment: Commitment) -> Commitment:
    """Return the commitment with no timer and no wait left."""
    return replace(commitment, timers=(), waits=())


def _fall_due(commitment: Commitment, at: datetime, *, untold: bool) -> Commitment:
    """Let the due that the customer knows be what it lapsed by; one they were not told of falls with it."""
    return replace(
        commitment,
        due=at,
        target=min(commitment.target or at, at),
        lapsed_at=at,
        change_not_told=untold,
        untold_due=commitment.due if untold else None,
    )


def _corrected(commitment: Commitment, event: VerdictCorrected) -> Commitment:
    kept = event.verdict in {"kept", "kept_late"}
    return replace(
        _judged_anew(commitment, event),
        state=event.verdict,
        revision=event.revision,
        ended_at=event.at if kept else None,
        self_attested=event.self_attested,
        paused_at=None,
        timers=event.timers,
        left_out=event.left_out,
    )


def _judged_anew(commitment: Commitment, event: VerdictCorrected) -> Commitment:
    match event.verdict:
        case "open":
            due = event.due or commitment.untold_due or commitment.due
            told_due = event.due or commitment.told_due
            return replace(
                commitment,
                due=due,
                target=commitment.target if due == commitment.due else due,
                told_due=told_due,
                lapsed_at=None,
                change_not_told=False,
                untold_due=None,
            )
        case "lapsed" if commitment.due != commitment.told_due:
            return _fall_due(commitment, event.at, untold=True)
        case "lapsed":
            return replace(commitment, lapsed_at=event.at)
        case _:
            return replace(commitment, lapsed_at=None)

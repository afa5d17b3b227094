"""What a case answers to a command: the one place that names them all."""

from collections.abc import Sequence
from contextlib import suppress
from typing import assert_never

from events.catalogue import CommitmentLapsed
from events.decider import Asked, Decider
from events.errors import Forbidden, NotNow, Unknown

from . import closing, ending, promising, serving
from .commands import (
    MAY,
    AgreeCommitment,
    AttachContact,
    CloseCase,
    Command,
    ConfirmResolution,
    CorrectVerdict,
    DeclineCommitment,
    FellDue,
    HandOverCommitment,
    KeepCommitment,
    OpenCase,
    PromiseFollowUp,
    ProposeResolution,
    RejectResolution,
    ReleaseCommitment,
    ReopenCase,
    RescheduleCommitment,
    ServeContact,
    SetExpectation,
    WithdrawCommitment,
)
from .draft import Draft
from .evolve import evolve
from .state import Case, CaseEvent


def decide(case: Case | None, command: Command, asked: Asked) -> Sequence[CaseEvent]:
    """Return the events of a command, none where its effect stands already.

    Raises Rejection: Forbidden by role, Unknown case or commitment, Invalid field, NotNow in this state.
    """
    needed = MAY.get(type(command))
    if needed is not None and not asked.actor.has(*needed):
        raise Forbidden(needed=", ".join(sorted(needed)))
    if isinstance(command, OpenCase):
        return closing.open_case(case, command, asked)
    if case is None:
        raise Unknown(what="case", id=command.case)
    draft = Draft(case, asked)
    _decide(draft, command)
    return draft.events


def lapses(case: Case | None, command: Command, asked: Asked) -> Sequence[CaseEvent]:
    """Return the lapses that a command finds before it is refused: they stand all the same (§3)."""
    if case is None:
        return ()
    draft = Draft(case, asked)
    with suppress(NotNow):
        _decide(draft, command)
    return [event for event in draft.events if isinstance(event, CommitmentLapsed)]


def _decide(draft: Draft, command: Command) -> None:  # noqa: C901, PLR0912 - one arm per command
    match command:
        case OpenCase():
            raise TypeError("an open case is not opened")
        case SetExpectation():
            promising.set_expectation(draft, command)
        case PromiseFollowUp():
            promising.promise_follow_up(draft, command)
        case AgreeCommitment() | DeclineCommitment():
            ending.answer(draft, command)
        case RescheduleCommitment():
            promising.reschedule(draft, command)
        case HandOverCommitment():
            ending.hand_over(draft, command)
        case KeepCommitment():
            ending.keep_by_word(draft, command.commitment, command.occurred_at, command.evidence)
        case ReleaseCommitment():
            ending.release(draft, command.commitment, command.contact, command.words)
        case WithdrawCommitment():
            ending.withdraw(draft, command.commitment, command.reason, command.words)
        case CorrectVerdict():
            ending.correct(draft, command)
        case FellDue():
            ending.fall_due(draft, command)
        case AttachContact():
            serving.attach(draft, command)
        case ServeContact():
            serving.serve(draft, command)
        case _:
            _decide_on_case(draft, command)


def _decide_on_case(
    draft: Draft, command: ProposeResolution | ConfirmResolution | RejectResolution | CloseCase | ReopenCase
) -> None:
    match command:
        case ProposeResolution():
            closing.propose(draft, command)
        case ConfirmResolution():
            closing.confirm(draft, command)
        case RejectResolution():
            closing.reject(draft, command)
        case CloseCase():
            closing.close(draft, command)
        case ReopenCase():
            closing.reopen(draft, command)
        case _:
            assert_never(command)


CASE: Decider[Case | None, Command, CaseEvent] = Decider(None, decide, evolve)

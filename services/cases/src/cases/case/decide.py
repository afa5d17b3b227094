"""What a case answers to a command: the one place that names them all."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import assert_never

from cases.book import Book
from events.decider import Asked, Decider
from events.errors import Forbidden, Invalid, Rejection, Unknown

from . import arriving, closing, dating, ending, erasing, promising, recomputing, serving, waiting
from .commands import (
    MAY,
    AgreeCommitment,
    AnswerByLink,
    AttachContact,
    BeginWait,
    CloseCase,
    Command,
    ConfirmResolution,
    CorrectVerdict,
    DateCommitment,
    DeclineCommitment,
    EndWait,
    EraseCase,
    ExplainLapse,
    FellDue,
    HandOverCommitment,
    KeepCommitment,
    KeepPart,
    OpenCase,
    PromiseFollowUp,
    ProposeResolution,
    Recompute,
    RejectResolution,
    ReleaseCommitment,
    ReopenCase,
    RescheduleCommitment,
    ServeContact,
    SetExpectation,
    TakeOver,
    ToldByMessage,
    WithdrawCommitment,
)
from .draft import Draft
from .evolve import evolve
from .state import Case, CaseEvent


def decide(book: Book, case: Case | None, command: Command, asked: Asked) -> Sequence[CaseEvent]:
    """Return the events of a command, none where its effect stands already.

    Raises Rejection: Forbidden by role, Unknown case or commitment, Invalid field, NotNow in this state,
    Erased.
    """
    needed = MAY.get(type(command))
    if needed is not None and not asked.actor.has(*needed):
        raise Forbidden(needed=", ".join(sorted(needed)))
    if isinstance(command, OpenCase):
        return closing.open_case(case, command, asked)
    if case is None and isinstance(command, TakeOver):
        raise Invalid(field="commitments", reason=f"{command.case} is no case")
    if case is None:
        raise Unknown(what="case", id=command.case)
    erasing.must_be_kept(case, command)
    draft = Draft(case, asked, book, closing=isinstance(command, CloseCase | EraseCase))
    _decide(draft, command)
    return draft.events


def lapses(book: Book, case: Case | None, command: Command, asked: Asked) -> Sequence[CaseEvent]:
    """Return the lapses that a command finds before it is refused, and what they bring: they stand (§3)."""
    if case is None:
        return ()
    draft, fresh = Draft(case, asked, book), Draft(case, asked, book)
    with suppress(Rejection):
        _decide(draft, command)
    for commitment in draft.noticed:
        fresh.touch(commitment)
    return fresh.events


def _decide(draft: Draft, command: Command) -> None:  # noqa: C901, PLR0912 - one arm per command
    match command:
        case OpenCase():
            raise TypeError("an open case is not opened")
        case SetExpectation() | PromiseFollowUp():
            promising.make(draft, command)
        case DateCommitment():
            dating.date(draft, command)
        case AgreeCommitment() | DeclineCommitment():
            ending.answer(draft, command)
        case AnswerByLink():
            ending.answer_by_link(draft, command)
        case RescheduleCommitment():
            dating.reschedule(draft, command)
        case Recompute():
            recomputing.recompute(draft, command)
        case HandOverCommitment():
            ending.hand_over(draft, command)
        case KeepCommitment():
            ending.keep_by_command(draft, command)
        case KeepPart():
            ending.keep_part(draft, command)
        case ExplainLapse():
            ending.explain(draft, command)
        case ReleaseCommitment():
            ending.release(draft, command.commitment, command.contact, command.words)
        case WithdrawCommitment():
            ending.withdraw(draft, command)
        case CorrectVerdict():
            ending.correct(draft, command)
        case FellDue():
            ending.fall_due(draft, command)
        case AttachContact():
            serving.attach(draft, command)
        case ServeContact():
            serving.serve(draft, command)
        case ToldByMessage():
            serving.told_by_message(draft, command)
        case TakeOver():
            arriving.take_over(draft, command)
        case EraseCase():
            erasing.erase(draft)
        case _:
            _decide_on_case(draft, command)


def _decide_on_case(
    draft: Draft,
    command: BeginWait
    | EndWait
    | ProposeResolution
    | ConfirmResolution
    | RejectResolution
    | CloseCase
    | ReopenCase,
) -> None:
    match command:
        case BeginWait():
            waiting.begin(draft, command)
        case EndWait():
            waiting.end(draft, command)
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


def decider(book: Book) -> Decider[Case | None, Command, CaseEvent]:
    """Return how cases decide with these versions of calendars and policies at hand."""
    return Decider(None, partial(decide, book), evolve)

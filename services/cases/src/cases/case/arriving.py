"""Commitments that another case hands on, and what was said of them where they are no more (§6, row 37)."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from cases.commitment import Commitment, carried
from events.catalogue import CommitmentsMovedIn, CommitmentsMovedOut
from events.catalogue.moves import Carried
from events.errors import Invalid

from .commands import AnswerByLink, Command, FellDue, ServeContact, TakeOver, ToldByMessage
from .draft import Draft
from .evolve import evolve
from .state import Case, CaseEvent
from .waiting import hold


def take_over(draft: Draft, command: TakeOver) -> None:
    """Let commitments go on here as they stood. Raises Invalid for another customer's, NotNow if closed."""
    if draft.case.customer != command.customer:
        raise Invalid(field="commitments", reason=f"case {command.case} is another customer's")
    draft.must_be_open()
    for each in command.commitments:  # each in its own event: many with long words are too much for one
        draft.add(CommitmentsMovedIn(origin=command.origin, commitments=(each,)))
    for each in command.commitments:
        hold(draft, each.id)


def elsewhere(case: Case | None, command: Command, events: Sequence[CaseEvent]) -> dict[UUID, TakeOver]:
    """Return what events of a case ask of other cases in the same append: one command for each."""
    asked: dict[UUID, TakeOver] = {}
    if not any(isinstance(event, CommitmentsMovedOut) for event in events):
        return asked
    for event in events:
        if isinstance(event, CommitmentsMovedOut):
            assert case is not None, "only what was made can go"
            going = tuple(_carried(case.commitments[each], event.commitments) for each in event.commitments)
            asked[event.to] = TakeOver(
                case=event.to, origin=command.case, customer=case.customer, commitments=going
            )
        case = evolve(case, event)
    return asked


def _carried(commitment: Commitment, going: Sequence[UUID]) -> Carried:
    """Return a commitment to be carried; what it served stays behind, unless it goes too."""
    alone = commitment.parent not in going
    return carried(replace(commitment, parent=None) if alone else commitment)


def forwarded(command: Command, case: Case | None) -> list[Command]:
    """Return what of a command is about commitments that have moved on, as it is said where they are now."""
    if case is None or not case.moved:
        return []
    match command:
        case FellDue() | ToldByMessage() | AnswerByLink() if command.commitment in case.moved:
            return [command.model_copy(update={"case": case.moved[command.commitment]})]
        case ServeContact():
            gone = [each for each in command.serves if each.commitment in case.moved]
            return [
                command.model_copy(
                    update={"case": to, "serves": tuple(e for e in gone if case.moved[e.commitment] == to)}
                )
                for to in dict.fromkeys(case.moved[each.commitment] for each in gone)
            ]
        case _:
            return []

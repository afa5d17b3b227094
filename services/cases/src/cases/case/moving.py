"""Commitments that go from a case that closes to another open one of the same customer (§6, row 37)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from events.catalogue import CommitmentsMovedOut
from events.errors import Invalid, NotNow

from .commands import (
    CloseCase,
    EndHandedOn,
)
from .draft import Draft
from .state import Case
from .waiting import end_wait


def hand_on(draft: Draft, command: CloseCase) -> None:
    """Let commitments of a case that closes go to other cases, and with each what serves it.

    Raises NotNow for one that has lapsed or ended, Invalid where it would leave what it serves behind.
    """
    endings = [each for each in command.commitments if isinstance(each, EndHandedOn)]
    for to in dict.fromkeys(ending.to for ending in endings):
        if to == command.case:
            raise Invalid(field="commitments", reason=f"{to} is the case that closes: name another one")
        named = [ending.commitment for ending in endings if ending.to == to]
        going = _with_children(draft.case, named)
        for commitment in going:
            _may_go(draft, commitment, going)
        _end_waits(draft, going)
        draft.add(CommitmentsMovedOut(to=to, commitments=tuple(going)))


def _with_children(case: Case, named: Iterable[UUID]) -> list[UUID]:
    going = dict.fromkeys(named)
    for commitment in going.copy():
        children = [child.id for child in case.children(commitment) if child.pending]
        going |= dict.fromkeys(_with_children(case, children))
    return list(going)


def _may_go(draft: Draft, commitment: UUID, going: Sequence[UUID]) -> None:
    found = draft.touch(commitment)
    if not found.pending:
        raise NotNow(what="commitment", state=found.state)
    parent = None if found.parent is None else draft.case.commitments.get(found.parent)
    if parent is not None and parent.pending and parent.id not in going:
        raise Invalid(field="commitments", reason=f"{commitment} goes with what it serves, {parent.id}")


def _end_waits(draft: Draft, going: Iterable[UUID]) -> None:
    """End what stops their clocks: the case that waits closes, and the wait goes with it."""
    waits = {wait for commitment in going for wait in draft.case.commitments[commitment].waits}
    for wait in draft.case.waits:
        if wait.id in waits:
            end_wait(draft, wait)

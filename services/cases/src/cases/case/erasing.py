"""Erasing a case: what is open is withdrawn, the words go, times and verdicts stay (commitment.md §6, 54)."""

from events.catalogue import CaseClosed, CaseErased, CommitmentWithdrawn
from events.keyring import Erased

from .commands import Command, EraseCase
from .draft import Draft
from .state import Case


def erase(draft: Draft) -> None:
    """Let the words go first, so that whoever reads of the withdrawals finds none; then end the case."""
    if draft.case.erased:
        return
    draft.add(CaseErased())
    draft.touch_all()
    for found in sorted(draft.case.pending(), key=lambda each: -draft.case.depth(each.id)):
        draft.add(CommitmentWithdrawn(commitment=found.id, reason="customer_erased"))
    if draft.case.state == "open":
        draft.add(CaseClosed(at=draft.asked.now))


def must_be_kept(case: Case, command: Command) -> None:
    """Raise Erased for whatever is asked of an erased case, save to erase it."""
    if case.erased and not isinstance(command, EraseCase):
        raise Erased(subject=str(case.customer))

"""A cycle of a series that goes on in another case is in that one only (edge 37)."""

from cases.case.commands import EndHandedOn, ReopenCase

from .scene import A_CASE, BEFORE, OPENED, after, close, correct, keep, promise
from .test_next_cycles import CYCLE2, EVERY
from .two_cases import ELSEWHERE


def test_edge_37__a_cycle_that_has_moved_on_is_not_made_again_where_it_was():
    kept = after(after(OPENED, promise(series=EVERY)), keep(), BEFORE)
    ending = EndHandedOn(end="handed_on", commitment=CYCLE2, to=ELSEWHERE)
    closed = after(kept, close(commitments=(ending,)), BEFORE)
    again = after(closed, ReopenCase(case=A_CASE, words="It came up again."), BEFORE)
    open_again = after(again, correct(verdict="not_kept"), BEFORE)
    open_again.when(keep(), at=BEFORE).then_types("CommitmentKept")

"""Where a promise of a closed case may go, and what becomes of who still names the old case (edge 37)."""

import pytest

from cases.case.arriving import forwarded
from cases.case.commands import ReopenCase, ServeContact, Service
from cases.case.rejections import CommitmentMoved
from events.errors import Invalid, NotNow
from events.testing import an_id, given

from .scene import (
    A_CASE,
    BEFORE,
    CASE,
    LATER,
    ONE,
    OPEN,
    THREE,
    TWO,
    after,
    case_of,
    close,
    contact,
    fell_due,
    keep,
    promise,
    reschedule,
    the,
)
from .two_cases import ELSEWHERE, OTHER, handed_on, moved, taken_over


def test_edge_37__not_to_the_case_that_closes():
    OPEN.when(handed_on(to=A_CASE)).then_rejected(Invalid, field="commitments")


def test_edge_37__not_to_a_case_of_another_customer():
    stranger = taken_over(customer=an_id("another customer"))
    OTHER.when(stranger).then_rejected(Invalid, field="commitments")


def test_edge_37__not_to_a_closed_case():
    after(OTHER, close(case=ELSEWHERE)).when(taken_over()).then_rejected(NotNow)


def test_edge_37__not_to_what_is_no_case():
    given(CASE).when(taken_over()).then_rejected(Invalid, field="commitments")


@pytest.mark.parametrize("command", [keep(), reschedule()])
def test_edge_37__the_old_case_names_the_new_place(command):
    old, new = moved(OPEN)
    rejection = old.when(command, at=BEFORE).then_rejected(CommitmentMoved)
    assert rejection.details == {"commitment": ONE, "case": ELSEWHERE}
    there = new.when(command.model_copy(update={"case": ELSEWHERE}), at=BEFORE)
    assert there.rejection is None


def test_edge_37__and_back_again():
    old, new = moved(OPEN)
    reopened = after(old, ReopenCase(case=A_CASE, words="The parcel was empty."))
    back = handed_on(to=A_CASE, case=ELSEWHERE)
    there, here = moved(new, back, other=reopened)
    assert (the(here), case_of(here).moved) == (the(OPEN), {})
    assert case_of(there).moved == {ONE: A_CASE}
    here.when(keep(), at=BEFORE).then_types("CommitmentKept")


def test_edge_37__what_is_said_in_the_old_case_is_forwarded():
    old, _ = moved(after(OPEN, promise(commitment=TWO, due=LATER)), handed_on(ONE, TWO))
    late = fell_due()
    assert forwarded(late, old.state) == [late.model_copy(update={"case": ELSEWHERE})]
    assert forwarded(late, OPEN.state) == []
    served = contact(serves=tuple(Service(commitment=each) for each in (ONE, THREE, TWO)))
    (onward,) = forwarded(served, old.state)
    assert isinstance(onward, ServeContact)
    assert (onward.case, [each.commitment for each in onward.serves]) == (ELSEWHERE, [ONE, TWO])
    assert forwarded(contact(serves=()), old.state) == []

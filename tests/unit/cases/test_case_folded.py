"""How events leave a case as a whole."""

import pytest

from cases.case import Case
from cases.case.commands import ConfirmResolution, ProposeResolution, RejectResolution, ReopenCase
from events.catalogue import (
    CaseClosed,
)
from events.errors import NotNow
from events.testing import given

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    CASE,
    OPEN,
    OPENED,
    TWO,
    Scene,
    after,
    close,
    contact,
    opening,
)

WORDS = "She asked for it."


def the_case(scene: Scene) -> Case:
    assert scene.state is not None
    return scene.state


def test_open_case__keeps_what_it_was_opened_with():
    case = the_case(after(given(CASE), opening(priority="urgent", segment="gold", kind="complaint")))
    assert (case.priority, case.segment, case.kind, case.contacts) == ("urgent", "gold", "complaint", ())


def test_contacts__of_a_case_are_all_kept():
    scene = after(after(OPEN, contact("automatic"), BEFORE), contact("automatic", contact=TWO), BEFORE)
    assert the_case(scene).contacts == (CALL, TWO)


def test_close__says_when_and_reopening_forgets_it_and_what_was_said_of_a_solution():
    confirm = ConfirmResolution(case=A_CASE)
    scene = after(after(OPENED, ProposeResolution(case=A_CASE, words=WORDS)), confirm)
    closed = scene.and_then(*scene.when(close(), at=BEFORE).events)
    assert (the_case(closed).state, the_case(closed).closed_at) == ("closed", BEFORE)
    again = after(closed, ReopenCase(case=A_CASE, words=WORDS), AFTER)
    assert (the_case(again).closed_at, the_case(again).resolution) == (None, None)
    for answer in (confirm, RejectResolution(case=A_CASE, words=WORDS)):
        again.when(answer, at=AFTER).then_rejected(NotNow)


def test_evolve__nothing_happens_before_a_case_is_opened():
    with pytest.raises(LookupError, match="CaseClosed before CaseOpened"):
        given(CASE).and_then(CaseClosed(at=BEFORE))

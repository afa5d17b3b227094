"""What was said of a solution, and which case it was said in (commitment.md §3)."""

import pytest

from cases.case.commands import ConfirmResolution, ProposeResolution, RejectResolution
from events.catalogue import (
    ResolutionConfirmed,
    ResolutionRejected,
)
from events.errors import NotNow

from .scene import (
    A_CASE,
    CALL,
    CUSTOMER,
    INQUIRY,
    OPEN,
    OPENED,
    after,
    agree,
    close,
    opening,
)


def test_resolution__says_in_which_contact_and_is_settled_once_the_case_is_closed():
    proposed = after(OPENED, ProposeResolution(case=A_CASE, words="It is there."))
    confirm = ConfirmResolution(case=A_CASE, words="Yes.", contact=CALL)
    reject = RejectResolution(case=A_CASE, words="No.", contact=CALL)
    proposed.when(confirm).then(ResolutionConfirmed(words="Yes.", contact=CALL))
    for scene in (proposed, after(proposed, confirm)):
        scene.when(reject).then(ResolutionRejected(words="No.", contact=CALL))
    for answer in (confirm, reject):
        after(proposed, close()).when(answer).then_rejected(NotNow)


@pytest.mark.parametrize("state", ["open", "closed"])
def test_open_case__of_another_customer_names_the_state_of_the_one_that_is_there(state):
    scene = OPENED if state == "open" else after(OPENED, close())
    refused = scene.when(opening(customer=CALL)).then_rejected(NotNow)
    assert (refused.details["state"], CUSTOMER != CALL) == (state, True)


def test_agree__in_another_contact_is_a_repeat():
    after(OPEN, agree()).when(agree(contact=INQUIRY)).then_nothing()

"""Opening, resolving, closing, reopening."""

import pytest

from cases.case.commands import (
    ConfirmResolution,
    EndKept,
    EndReleased,
    EndWithdrawn,
    ProposeResolution,
    RejectResolution,
    ReopenCase,
)
from cases.case.rejections import CommitmentsOpen, ReferenceTaken
from events.catalogue import CaseClosed, CaseOpened, CaseReopened
from events.errors import Forbidden, Invalid, NotNow, Unknown
from events.testing import LEAD, NOW, an_id, given

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    CALL,
    CASE,
    CUSTOMER,
    DUE,
    HOUR,
    INQUIRY,
    LAPSED,
    ONE,
    OPEN,
    OPENED,
    TWO,
    after,
    close,
    expectation,
    opening,
    promise,
    the,
)

PROPOSE = ProposeResolution(case=A_CASE, words="It is delivered.")
CONFIRM = ConfirmResolution(case=A_CASE, words="Yes.", contact=CALL)
REJECT = RejectResolution(case=A_CASE, words="No.", contact=CALL)
REOPEN = ReopenCase(case=A_CASE, words="The parcel was empty.")


def test_open_case__recorded():
    given(CASE).when(opening(source="shop", reference="1")).then(
        CaseOpened(
            customer=CUSTOMER,
            subject="No parcel.",
            zone="Europe/Berlin",
            at=NOW,
            source="shop",
            reference="1",
        )
    )


def test_open_case__by_a_contact_began_when_it_came():
    state = given(CASE).when(opening(contact=INQUIRY, opened_at=NOW - HOUR)).after
    assert state is not None
    assert (state.opened_at, state.contacts) == (NOW - HOUR, (INQUIRY,))


def test_open_case__never_begins_ahead_of_the_clock():
    state = given(CASE).when(opening(opened_at=NOW + HOUR)).after
    assert state is not None
    assert state.opened_at == NOW


def test_open_case__repeated():
    OPENED.when(opening(subject="Other words")).then_nothing()


def test_open_case__for_another_customer_is_rejected():
    OPENED.when(opening(customer=TWO)).then_rejected(ReferenceTaken)


@pytest.mark.parametrize("half", [{"source": "shop"}, {"reference": "1"}])
def test_open_case__with_half_a_reference_is_rejected(half):
    given(CASE).when(opening(**half)).then_rejected(Invalid, field="reference")


def test_resolution__proposed_confirmed_and_each_repeated():
    scene = after(OPENED, PROPOSE)
    scene.when(PROPOSE).then_nothing()
    confirmed = after(scene, CONFIRM)
    confirmed.when(CONFIRM).then_nothing()
    assert confirmed.state is not None
    assert confirmed.state.resolution is not None
    assert confirmed.state.resolution.state == "confirmed"


def test_resolution__rejected_by_the_customer_and_proposed_again():
    scene = after(after(OPENED, PROPOSE), REJECT)
    scene.when(REJECT).then_nothing()
    scene.when(CONFIRM).then_rejected(NotNow)
    scene.when(PROPOSE).then_types("ResolutionProposed")


@pytest.mark.parametrize("command", [CONFIRM, REJECT])
def test_resolution__never_proposed_is_rejected(command):
    OPENED.when(command).then_rejected(NotNow)


@pytest.mark.parametrize("command", [PROPOSE, CONFIRM, REJECT])
def test_resolution__of_a_closed_case_is_rejected(command):
    after(OPENED, close()).when(command).then_rejected(NotNow)


def test_close__recorded_and_repeated():
    scene = after(OPENED, close())
    scene.when(close()).then_nothing()


def test_close__as_stated():
    OPENED.when(close(occurred_at=BEFORE, words="Done."), at=AFTER).then(CaseClosed(words="Done.", at=BEFORE))


def test_close__stated_before_the_opening_is_flagged():
    OPENED.when(close(occurred_at=NOW - HOUR)).then(CaseClosed(at=NOW - HOUR, order_corrected=True))


def test_close__somewhat_ahead_counts_now_and_is_flagged():
    OPENED.when(close(occurred_at=NOW + HOUR / 2)).then(CaseClosed(at=NOW, clock_skew=True))


def test_close__stated_far_ahead_is_rejected():
    OPENED.when(close(occurred_at=NOW + 2 * HOUR)).then_rejected(Invalid, field="occurred_at")


def test_edge_37__with_two_open_promises_is_rejected_with_the_list():
    scene = after(OPEN, expectation(commitment=TWO))
    rejection = scene.when(close()).then_rejected(CommitmentsOpen)
    assert rejection.details["commitments"] == [ONE, TWO]
    half = close(commitments=(EndKept(end="kept", commitment=ONE),))
    assert scene.when(half).then_rejected(CommitmentsOpen).details["commitments"] == [TWO]


def test_edge_37__saying_of_each_what_became_of_it():
    three = an_id("three")
    scene = after(after(OPEN, expectation(commitment=TWO)), promise(commitment=three))
    endings = (
        EndKept(end="kept", commitment=ONE, occurred_at=NOW),
        EndReleased(end="released", commitment=TWO, contact=CALL),
        EndWithdrawn(end="withdrawn", commitment=three, reason="duplicate"),
    )
    command = close(commitments=endings)
    scene.when(command, at=BEFORE).then_types(
        "CommitmentKept", "CommitmentReleased", "CommitmentWithdrawn", "CaseClosed"
    )
    after(scene, command, BEFORE).when(command, at=BEFORE).then_nothing()


def test_edge_37__lapsed_ones_close_as_they_are():
    closed = LAPSED.when(close(), at=AFTER).then_types("CaseClosed")
    assert the(closed).state == "lapsed"


def test_close__what_is_overdue_lapses_first():
    OPEN.when(close(), at=AFTER).then_types("CommitmentLapsed", "CaseClosed")


def test_close__kept_in_time_said_too_late():
    command = close(commitments=(EndKept(end="kept", commitment=ONE, occurred_at=DUE),))
    OPEN.when(command, at=AFTER).then_types("CommitmentLapsed", "VerdictCorrected", "CaseClosed")


def test_close__naming_what_is_not_of_this_case_is_rejected():
    command = close(commitments=(EndKept(end="kept", commitment=TWO),))
    OPEN.when(command).then_rejected(Invalid, field="commitments")


def test_close__withdrawing_what_somebody_else_said_is_rejected():
    scene = after(OPENED, promise(), by=LEAD)
    command = close(commitments=(EndWithdrawn(end="withdrawn", commitment=ONE, reason="duplicate"),))
    scene.when(command).then_rejected(Forbidden)


def test_edge_39__reopened_nothing_revives():
    closed = after(LAPSED, close(), AFTER)
    state = closed.when(REOPEN, at=AFTER).then(CaseReopened(words="The parcel was empty."))
    assert state is not None
    assert (state.state, state.closed_at) == ("open", None)
    assert the(state).state == "lapsed"


def test_reopen__an_open_case_is_a_repeat():
    OPENED.when(REOPEN).then_nothing()


def test_reopen__an_unknown_case_is_rejected():
    given(CASE).when(REOPEN).then_rejected(Unknown)

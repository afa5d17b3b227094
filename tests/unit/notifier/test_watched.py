"""How a commitment stands after the events of its case."""

from datetime import timedelta

import pytest

from events.errors import Undecodable
from events.testing import NOW
from notifier.watched import commitment_of, evolve
from tests.unit.notifier.cast import CASE, COMMITMENT, DUE, HOUR, event, recorded, watched

SET = event("ExpectationSet")
LAPSED = event("CommitmentLapsed")


def test_set__is_open_with_its_owner():
    state = watched(SET)
    assert (state.commitment, state.case, state.owner) == (COMMITMENT, CASE, "agent")
    assert (state.state, state.revision, state.due, state.lapse_told) == ("open", 1, DUE, None)


@pytest.mark.parametrize(
    ("happened", "changes"),
    [
        (event("CommitmentRescheduled"), {"revision": 2, "due": DUE}),
        (event("CommitmentRescheduled", told_due=DUE + HOUR), {"revision": 2, "due": DUE + HOUR}),
        (event("CustomerTold", told_due=DUE + HOUR), {"due": DUE + HOUR}),
        (event("CommitmentHandedOver"), {"owner": "mai", "handed_at": NOW}),
        (event("CommitmentKept"), {"state": "kept"}),
        (event("CommitmentKept", verdict="kept_late"), {"state": "kept_late"}),
        (LAPSED, {"state": "lapsed", "lapse_told": "agent"}),
        (event("CommitmentReleased"), {"state": "released"}),
        (event("CommitmentWithdrawn"), {"state": "withdrawn"}),
        (event("CommitmentAgreed"), {}),
        (event("CommitmentDeclined"), {}),
        (event("CommitmentAttempted"), {}),
        (event("CaseClosed"), {}),
    ],
)
def test_event__changes_what_it_says(happened, changes):
    assert watched(SET, happened) == watched(SET).model_copy(update=changes)


def test_release_after_a_lapse__leaves_it_lapsed():
    assert watched(SET, LAPSED, event("CommitmentReleased")).state == "lapsed"


def test_withdrawal_after_a_lapse__withdraws():
    assert watched(SET, LAPSED, event("CommitmentWithdrawn")).state == "withdrawn"


@pytest.mark.parametrize(
    ("verdict", "told"), [("kept", None), ("open", None), ("lapsed", "agent"), ("kept_late", "agent")]
)
def test_correction__ends_a_lapse_only_where_it_says_so(verdict, told):
    state = watched(SET, LAPSED, event("VerdictCorrected", verdict=verdict, revision=2))
    assert (state.state, state.revision, state.lapse_told) == (verdict, 2, told)


def test_events_of_no_commitment__are_nothing():
    assert evolve(None, recorded(event("CaseOpened"))) is None
    assert commitment_of(event("CaseOpened")) is None
    assert commitment_of(SET) == COMMITMENT


def test_history_without_a_beginning__is_not_understood():
    with pytest.raises(Undecodable, match="cases@7"):
        evolve(None, recorded(event("CommitmentKept", margin=timedelta(0)), 7))

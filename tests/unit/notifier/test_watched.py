"""How a commitment stands after the events of its case."""

from datetime import datetime, time, timedelta

import pytest

from events import testing
from events.catalogue import CommitmentDated, WaitEnded, WaitingOnCustomer
from events.catalogue.terms import AtInstant, Condition, Quiet, Span
from events.catalogue.waits import Resumed, commitments_of
from events.errors import Undecodable
from events.testing import NOW, an_id
from notifier.watched import evolve
from tests.unit.notifier.cast import CASE, COMMITMENT, DUE, HOUR, event, recorded, watched

SET = event("ExpectationSet")
LAPSED = event("CommitmentLapsed")


def test_set__is_open_with_its_owner():
    state = watched(SET)
    assert (state.commitment, state.case, state.owner) == (COMMITMENT, CASE, "agent")
    assert (state.state, state.revision, state.due, state.lapse_told) == ("open", 1, DUE, False)
    assert (state.told_of_lapse, state.anchor) == (("owner", "lead"), "agent")


@pytest.mark.parametrize(
    ("happened", "changes"),
    [
        (event("CommitmentRescheduled"), {"revision": 2, "due": DUE}),
        (event("CommitmentRescheduled", told_due=DUE + HOUR), {"revision": 2, "due": DUE + HOUR}),
        (event("CustomerTold", told_due=DUE + HOUR), {"due": DUE + HOUR}),
        (event("CommitmentHandedOver"), {"owner": "mai", "handed_at": NOW}),
        (event("CommitmentKept"), {"state": "kept"}),
        (event("CommitmentKept", verdict="kept_late"), {"state": "kept_late"}),
        (LAPSED, {"state": "lapsed", "lapse_told": True}),
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


def test_edge_37__goes_on_in_another_case():
    other = an_id("another case")
    into = testing.recorded(event("CommitmentsMovedIn"), f"case-{other}", 2)
    assert evolve(watched(SET), into, COMMITMENT) == watched(SET).model_copy(update={"case": other})


QUIET = Quiet(begins=time(22), ends=time(7), zone="Europe/Berlin")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "gathers"),
    [
        ("2026-11-20T20:00+01:00", 30),
        ("2026-11-20T21:29+01:00", 30),
        ("2026-11-20T21:50+01:00", 9),
        ("2026-11-20T21:59+01:00", 0),
        ("2026-11-20T21:59:30+01:00", 0),
        ("2026-11-20T23:00+01:00", 30),
        ("2026-10-25T19:55+00:00", 30),
        ("2026-10-25T20:55+00:00", 4),
        ("2026-03-29T19:55+00:00", 4),
    ],
)
def test_edge_44__what_waits_for_others_does_not_wait_into_the_quiet_hours(at, gathers):
    state = watched(SET).model_copy(update={"digest": 30 * MINUTE, "quiet": QUIET})
    assert state.gathers(datetime.fromisoformat(at)) == gathers * MINUTE
    assert state.model_copy(update={"quiet": None}).gathers(datetime.fromisoformat(at)) == 30 * MINUTE


def test_release_after_a_lapse__leaves_it_lapsed():
    assert watched(SET, LAPSED, event("CommitmentReleased")).state == "lapsed"


def test_withdrawal_after_a_lapse__withdraws():
    assert watched(SET, LAPSED, event("CommitmentWithdrawn")).state == "withdrawn"


@pytest.mark.parametrize(
    ("verdict", "told"), [("kept", False), ("open", False), ("lapsed", True), ("kept_late", True)]
)
def test_correction__ends_a_lapse_only_where_it_says_so(verdict, told):
    state = watched(SET, LAPSED, event("VerdictCorrected", verdict=verdict, revision=2))
    assert (state.state, state.revision, state.lapse_told) == (verdict, 2, told)


def test_events_of_no_commitment__are_nothing():
    assert commitments_of(event("CaseOpened")) == ()
    assert commitments_of(SET) == (COMMITMENT,)


def test_history_without_a_beginning__is_not_understood():
    with pytest.raises(Undecodable, match="cases@7"):
        evolve(None, recorded(event("CommitmentKept", margin=timedelta(0)), 7), COMMITMENT)


LATER = DUE + HOUR
WAITING = WaitingOnCustomer(
    wait=an_id("wait"),
    kind="customer",
    reason="The number is missing.",
    next_contact=an_id("next"),
    paused=(COMMITMENT,),
    at=NOW,
)
RESUMED = Resumed(commitment=COMMITMENT, revision=2, due=LATER, timers=())
OTHER = RESUMED.model_copy(update={"commitment": an_id("other"), "revision": 7})
ENDED = WaitEnded(wait=an_id("wait"), resumed=(OTHER, RESUMED), at=NOW)
SOON = event("ExpectationSet", due=None, rule=None, timers=())
WHEN = Condition(words="The parts arrive.", then=Span(lasts=HOUR))
DATED = CommitmentDated(
    commitment=COMMITMENT,
    revision=2,
    due=LATER,
    at=NOW,
    rule=AtInstant(at=LATER),
    timers=(),
    tzdata="2026a",
    cause="named",
)


@pytest.mark.parametrize(
    ("events", "state", "revision", "due"),
    [
        ([SOON], "undated", 1, None),
        ([SOON.model_copy(update={"condition": WHEN})], "dormant", 1, None),
        ([SOON, DATED], "open", 2, LATER),
        ([SET, WAITING], "waiting", 1, DUE),
        ([SET, WAITING, ENDED], "open", 2, LATER),
    ],
)
def test_due__comes_stays_and_moves(events, state, revision, due):
    found = watched(*events)
    assert (found.state, found.revision, found.due) == (state, revision, due)


def test_wait__speaks_of_what_it_pauses():
    assert commitments_of(WAITING) == (COMMITMENT,)
    assert commitments_of(ENDED) == (an_id("other"), COMMITMENT)


def test_edge_29__recorded_after_the_fact_it_lapses_unheard():
    state = watched(event("ExpectationSet", backfill=True), LAPSED)
    assert (state.state, state.lapse_told) == ("lapsed", False)


def test_unowned__is_anchored_at_who_said_it():
    assert watched(event("ExpectationSet", owner=None, said_by="bot")).anchor == "bot"

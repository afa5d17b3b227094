"""When a delivery is tried, when it is needless, and that one event settles it."""

from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from events.catalogue import NotificationAcknowledged
from events.decider import Actor
from events.errors import Invalid, NotNow, Unknown
from events.testing import LEAD, NOW, SYSTEM, an_id, given
from notifier.delivery import (
    DECIDER,
    NOTICES,
    PATIENCE,
    Acknowledge,
    Done,
    SettleDelivery,
    failed,
    sent,
    stream,
    suppressed,
)
from notifier.need import NEEDS, is_expired, is_taken_over, is_too_late, needless
from notifier.turn import LONGEST_PAUSE, goes_unchecked, next_try
from tests.unit.notifier.cast import DUE, HOUR, a_delivery, event, watched

SECOND = timedelta(seconds=1)
SET = event("FollowUpPromised")
LAPSED = event("CommitmentLapsed")
MOVED = event("CommitmentRescheduled")
HANDED = event("CommitmentHandedOver")
ENDINGS = {
    "kept": [event("CommitmentKept")],
    "kept_late": [LAPSED, event("CommitmentKept", verdict="kept_late")],
    "released": [event("CommitmentReleased")],
    "withdrawn": [event("CommitmentWithdrawn")],
}
SENT = sent(a_delivery(), "email", 1)
FAILED = failed(a_delivery(), "gave_up", "email", 9)
SUPPRESSED = suppressed(a_delivery(), "kept")


@pytest.mark.parametrize(
    ("notice", "events", "reason"),
    [
        ("rung-1", [], None),
        ("rung-1", [MOVED], "newer_revision"),
        ("rung-1", [HANDED], None),
        ("rung-1", [LAPSED], "lapsed"),
        ("rung-1", [event("CommitmentDeclined")], None),
        ("set", [], None),
        ("set", [MOVED], None),
        ("set", [HANDED], "other_owner"),
        ("rescheduled", [MOVED], "newer_revision"),
        ("rescheduled", [HANDED], "other_owner"),
        ("declined", [MOVED], None),
        ("declined", [HANDED], "other_owner"),
        ("handed_off", [HANDED], None),
        ("handed_over", [HANDED], "other_owner"),
        ("handed_over", [LAPSED], None),
        ("lapsed", [LAPSED], None),
        ("lapsed", [LAPSED, HANDED], "other_owner"),
        ("lapsed", [LAPSED, event("VerdictCorrected")], "kept"),
        ("lapsed", [LAPSED, event("VerdictCorrected", verdict="open", revision=2)], "newer_revision"),
        ("lapsed", ENDINGS["kept_late"], "kept_late"),
        ("all_clear", [LAPSED, event("VerdictCorrected")], None),
        ("all_clear", [LAPSED], "lapsed"),
        ("released", ENDINGS["released"], None),
        ("withdrawn", ENDINGS["withdrawn"], None),
    ],
)
def test_needless__names_why(notice, events, reason):
    assert needless(a_delivery(notice), watched(SET, *events)) == reason


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "notice", ["rung-1", "set", "rescheduled", "declined", "handed_over", "handed_off", "lapsed"]
)
def test_edge_27__what_ended_needs_no_message(notice, ending):
    assert needless(a_delivery(notice), watched(SET, *ENDINGS[ending])) == ending


@pytest.mark.parametrize(
    ("notice", "recipient", "fired", "taken"),
    [
        ("rung-1", "agent", NOW - SECOND, True),
        ("rung-1", "agent", NOW, True),
        ("rung-1", "agent", NOW + SECOND, False),
        ("rung-1", "mai", NOW - SECOND, False),
        ("handed_off", "agent", NOW - SECOND, False),
    ],
)
def test_edge_27__a_hand_over_since_it_fired_takes_a_reminder_over(notice, recipient, fired, taken):
    made = a_delivery(notice, recipient=recipient, owner=recipient, role="owner", at=fired)
    assert is_taken_over(made, watched(SET, HANDED)) is taken
    assert not is_taken_over(made, watched(SET))


def test_needs__are_said_of_every_notice():
    assert NEEDS.keys() == NOTICES | {"review", "limit", "owner_by"}


def test_next_try__waits_longer_each_time():
    waits = [next_try(a_delivery(), attempts, NOW) for attempts in (1, 2, 3, 4, 9, 10, 10**6)]
    expected = [1, 2, 4, 8, 256, 300, 300]
    assert waits == [NOW + seconds * SECOND for seconds in expected]


def test_next_try__comes_closer_to_the_due_by_halves():
    assert next_try(a_delivery(due=NOW + 100 * SECOND), 10, NOW) == NOW + 50 * SECOND
    assert next_try(a_delivery(due=NOW + 2 * SECOND), 10, NOW) == NOW + SECOND


@pytest.mark.parametrize("left", [1.9, 1, 0, -5])
def test_next_try__of_a_reminder_ends_with_its_due(left):
    assert next_try(a_delivery(due=NOW + left * SECOND), 1, NOW) is None


def test_next_try__of_another_notice_ends_after_a_day():
    lapse = a_delivery("lapsed", due=NOW - HOUR)
    assert next_try(lapse, 10, NOW + PATIENCE - HOUR) == NOW + PATIENCE - HOUR + LONGEST_PAUSE
    assert next_try(lapse, 10, NOW + PATIENCE) is None


@pytest.mark.parametrize(("asked", "waits"), [(0, 1), (30, 30), (3600, 300)])
def test_next_try__grants_what_the_receiver_asks(asked, waits):
    assert next_try(a_delivery(), 1, NOW, asked * SECOND) == NOW + waits * SECOND


@for_all(st.integers(0, 100_000), st.integers(0, 5000))
def test_next_try__always_ends_before_the_due(left, asked):
    delivery, now, tries = a_delivery(due=NOW + left * SECOND), NOW, 0
    while (later := next_try(delivery, tries := tries + 1, now, asked * SECOND)) is not None:
        assert now < later < delivery.until
        now = later
    assert delivery.until - now < 2 * SECOND or left < 2
    assert tries < 500


@pytest.mark.parametrize(
    ("left", "attempts", "unchecked"), [(1, 1, True), (2, 1, False), (300, 10, True), (301, 10, False)]
)
def test_goes_unchecked__when_the_end_is_nearer_than_the_next_try(left, attempts, unchecked):
    assert goes_unchecked(a_delivery(due=NOW + left * SECOND), attempts, NOW) is unchecked


def test_is_too_late__for_reminders_only():
    assert is_too_late(a_delivery(), DUE)
    assert not is_too_late(a_delivery(), DUE - SECOND)
    assert not is_too_late(a_delivery("lapsed"), NOW + 3 * PATIENCE)


def test_settle_delivery__recorded():
    given(DECIDER).when(SettleDelivery(an_id("delivery"), SENT)).then(SENT)


@pytest.mark.parametrize("outcome", [SENT, FAILED, SUPPRESSED])
def test_settle_delivery__repeated(outcome):
    given(DECIDER, SENT).when(SettleDelivery(an_id("delivery"), outcome)).then_nothing()


@for_all(st.lists(st.sampled_from([SENT, FAILED, SUPPRESSED]), min_size=1))
def test_settle_delivery__only_the_first_counts(outcomes):
    delivery = given(DECIDER)
    events: list[Done] = []
    for outcome in outcomes:
        answer = delivery.when(SettleDelivery(an_id("delivery"), outcome))
        events += answer.events
        delivery = delivery.and_then(*answer.events)
    assert events == outcomes[:1]


def test_outcomes__say_which_message():
    about = {"commitment", "case", "revision", "notice", "recipient"}
    for outcome in (SENT, FAILED, SUPPRESSED):
        assert outcome.model_dump(include=about) == a_delivery().model_dump(include=about)
    assert (SENT.means, FAILED.attempts, FAILED.reason, SUPPRESSED.reason) == ("email", 9, "gave_up", "kept")


def test_stream__is_named_after_the_delivery():
    assert stream(an_id("delivery")) == f"delivery-{an_id('delivery')}"


@pytest.mark.parametrize(
    ("notice", "changes", "reason"),
    [
        ("review-2", {"state": "undated"}, None),
        ("review-2", {"state": "open"}, None),
        ("review-2", {"state": "open", "revision": 2}, "newer_revision"),
        ("rung-1", {"state": "waiting"}, "waiting"),
        ("limit", {"state": "dormant"}, None),
        ("limit", {"state": "released"}, "released"),
        ("owner_by", {"state": "open", "owner": None}, None),
        ("owner_by", {"state": "open", "owner": "mai"}, "other_owner"),
        ("child_lapsed", {"state": "lapsed", "owner": "mai"}, None),
        ("child_lapsed", {"state": "kept_late"}, "kept_late"),
        ("rescheduled_customer", {"revision": 2}, "newer_revision"),
        ("rescheduled_customer", {"state": "lapsed"}, "lapsed"),
    ],
)
def test_needless__of_every_state(notice, changes, reason):
    assert needless(a_delivery(notice), watched(SET).model_copy(update=changes)) == reason


def test_edge_27__a_lead_is_told_of_a_lapse_whoever_has_it_by_now():
    handed = watched(SET, LAPSED, HANDED)
    assert needless(a_delivery("lapsed", role="lead", recipient="kim"), handed) is None
    assert needless(a_delivery("lapsed", role="owner"), handed) == "other_owner"


@pytest.mark.parametrize(("late", "expired"), [(24 * HOUR, False), (24 * HOUR + SECOND, True)])
def test_edge_31__a_lapse_found_too_late_is_not_told_one_by_one(late, expired):
    assert is_expired(a_delivery("lapsed", due=NOW - late), timedelta(days=1)) is expired
    assert not is_expired(a_delivery("rung-1", due=NOW - late), timedelta(days=1))


@pytest.mark.parametrize(
    ("notice", "window", "held"),
    [("rung-1", 5, 5), ("rung-1", 0, 0), ("rung-1", 60 * 60 * 9, 60 * 60 * 4), ("lapsed", 5, 0)],
)
def test_window__holds_a_reminder_for_at_most_half_of_its_time(notice, window, held):
    assert a_delivery(notice).held_until(window * SECOND) == NOW + held * SECOND


def test_customer__is_told_before_the_due_they_know():
    moved = a_delivery("rescheduled_customer", was=DUE, due=DUE + 9 * HOUR)
    assert moved.until == DUE
    assert is_too_late(moved, DUE)
    assert not goes_unchecked(moved, 1, DUE)


TAKEN = Acknowledge(an_id("delivery"), "call")
BY_OWNER, BY_OTHER = Actor("agent", frozenset({"agent"})), Actor("mai", frozenset({"agent"}))


@pytest.mark.parametrize("actor", [BY_OWNER, LEAD, SYSTEM])
def test_acknowledge__recorded(actor):
    ((event),) = given(DECIDER, SENT).when(TAKEN, by=actor).events
    assert isinstance(event, NotificationAcknowledged)
    assert (event.notice, event.revision, event.recipient, event.by) == ("rung-1", 1, "agent", "call")


def test_acknowledge__repeated():
    once = given(DECIDER, SENT).when(TAKEN, by=BY_OWNER)
    given(DECIDER, SENT, *once.events).when(Acknowledge(an_id("delivery"), "link"), by=LEAD).then_nothing()


def test_acknowledge__of_what_went_to_another_system_is_rejected():
    told = sent(a_delivery("announced", recipient="subscriber-board"), "webhook", 1)
    given(DECIDER, told).when(TAKEN, by=SYSTEM).then_rejected(Invalid, field="delivery")


def test_acknowledge__rejected():
    given(DECIDER).when(TAKEN, by=LEAD).then_rejected(Unknown)
    given(DECIDER, SENT).when(TAKEN, by=BY_OTHER).then_rejected(Unknown)
    given(DECIDER, FAILED).when(TAKEN, by=LEAD).then_rejected(NotNow)
    theirs = sent(a_delivery("rescheduled_customer", recipient="customer"), "email", 1)
    given(DECIDER, theirs).when(TAKEN, by=LEAD).then_rejected(Invalid, field="delivery")

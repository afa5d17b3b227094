"""What other systems are told, of whom and how often."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from events import testing
from events.catalogue import AnnouncementDue, Event, SubscriberChanged
from events.catalogue.terms import Evidence
from events.errors import Forbidden
from events.testing import AGENT, EXAMPLES, LEAD, given
from notifier import announcement, subscriber
from notifier.announcement import announce, delivery_of, moments
from notifier.need import needless
from notifier.payload import announcement as told
from notifier.reactions import Announcing
from notifier.subscriber import SetSubscriber
from tests.unit.notifier.cast import CASE, COMMITMENT, DUE, HOUR, event, recorded, watched

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BOARD = {"name": "board", "url": "https://board.example/kept", "secret": SECRET, "on": ("lapsed", "kept")}
LAPSED = event("CommitmentLapsed", at=DUE)
KEPT = event("CommitmentKept", verdict="kept", at=DUE - HOUR, margin=HOUR)


def corrected(was: str, verdict: str) -> Event:
    said = {"was": was, "verdict": verdict, "at": DUE - HOUR, "evidence": Evidence(words="me")}
    return event("VerdictCorrected", **said, margin=HOUR if verdict == "kept" else None)


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (LAPSED, {"lapsed"}),
        (KEPT, {"kept"}),
        (corrected("lapsed", "kept"), {"lapsed", "kept"}),
        (corrected("kept_late", "kept"), {"lapsed", "kept"}),
        (corrected("kept_late", "lapsed"), {"lapsed", "kept"}),
        (corrected("kept", "open"), {"kept"}),
        (corrected("lapsed", "open"), {"lapsed"}),
        (EXAMPLES["CommitmentReleased"], set()),
        (EXAMPLES["CommitmentRescheduled"], set()),
    ],
)
def test_moments__are_those_made_or_taken_back(heard, found):
    assert moments(heard) == found


def test_announced_kept__says_when_and_by_how_much():
    body = told(announce(recorded(KEPT), "board").announcement, "https://kept.example/7")
    assert body == {
        "type": "commitment.kept",
        "timestamp": recorded(KEPT).recorded_at.isoformat(),
        "data": {
            "commitment": str(COMMITMENT),
            "case": str(CASE),
            "state": "kept",
            "due": DUE.isoformat(),
            "at": (DUE - HOUR).isoformat(),
            "margin": 3600.0,
            "link": "https://kept.example/7",
        },
    }


def test_announced_lapse_and_correction__say_so():
    lapse = told(announce(recorded(LAPSED), "board").announcement, "")
    assert (lapse["type"], lapse["data"]["state"], lapse["data"]["due"]) == (
        "commitment.lapsed",
        "lapsed",
        DUE.isoformat(),
    )
    assert lapse["data"]["margin"] is None
    taken_back = told(announce(recorded(corrected("lapsed", "kept")), "board").announcement, "")
    assert (taken_back["type"], taken_back["data"]["state"]) == ("commitment.corrected", "kept")
    assert (taken_back["data"]["due"], taken_back["data"]["margin"]) == (DUE.isoformat(), 3600.0)
    undone = told(announce(recorded(corrected("kept", "lapsed")), "board").announcement, "")
    assert (undone["data"]["due"], undone["data"]["margin"]) == (None, None)


def test_announce__the_same_event_has_one_delivery_for_each_subscriber():
    once, again, other = (announce(recorded(LAPSED), name) for name in ("board", "board", "shop"))
    assert once == again
    assert once.delivery != other.delivery


def test_announce__a_repeat_yields_nothing():
    command = announce(recorded(LAPSED), "board")
    scene = given(announcement.DECIDER)
    scene.when(command).then(command.announcement)
    scene.and_then(command.announcement).when(command).then_nothing()


def test_delivery__is_no_reminder_and_stands_alone_for_a_day():
    due = EXAMPLES["AnnouncementDue"]
    assert isinstance(due, AnnouncementDue)
    row = testing.recorded(due, f"announcement-{CASE}", 1, log="notifications")
    made = delivery_of(row, due)
    assert (made.id, made.recipient, made.kind) == (CASE, "subscriber-board", str(CASE))
    assert not made.is_reminder
    assert made.until == row.recorded_at + timedelta(days=1)


def test_delivery__is_worth_sending_whatever_came_after():
    command = announce(recorded(LAPSED), "board")
    made = delivery_of(
        testing.recorded(command.announcement, f"announcement-{command.delivery}", 1), command.announcement
    )
    after = watched(EXAMPLES["FollowUpPromised"], event("CommitmentWithdrawn"))
    assert needless(made, after) is None


def set_subscriber(**changes: object) -> SetSubscriber:
    return SetSubscriber.model_validate({**BOARD, **changes})


def test_set_subscriber__is_recorded_once():
    event = SubscriberChanged.model_validate(BOARD)
    scene = given(subscriber.DECIDER)
    state = scene.when(set_subscriber(), by=LEAD).then(event)
    assert state is not None
    assert state.reached.ways == ("webhook",)
    assert SECRET not in repr(state) + repr(set_subscriber())
    scene.and_then(event).when(set_subscriber(), by=LEAD).then_nothing()
    scene.and_then(event).when(set_subscriber(active=False), by=LEAD).then_types(SubscriberChanged)


def test_set_subscriber__needs_a_role():
    given(subscriber.DECIDER).when(set_subscriber(), by=AGENT).then_rejected(Forbidden)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://board.example/"},
        {"url": "https://user:pass@board.example/"},
        {"secret": "open sesame"},
        {"on": ()},
        {"on": ("lost",)},
        {"extra": 1},
    ],
)
def test_set_subscriber__refuses(changes):
    with pytest.raises(ValidationError):
        set_subscriber(**changes)


def test_announcing__is_told_of_all_that_makes_a_moment():
    assert Announcing.types == {type(event) for event in EXAMPLES.values() if moments(event)}

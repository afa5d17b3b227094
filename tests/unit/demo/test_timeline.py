"""The timeline: who did what, in the customer's own time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from demo.timeline import Teller
from events import testing
from events.catalogue import (
    CommitmentKept,
    CommitmentLapsed,
    ContactReceived,
    CustomerRegistered,
    FollowUpPromised,
    ReminderDue,
)
from events.catalogue.terms import AtInstant, Evidence, Terms

CUSTOMER, CASE, PROMISE = UUID(int=1), UUID(int=2), UUID(int=3)
T0 = datetime(2026, 10, 19, 2, tzinfo=UTC)
DUE = T0 + timedelta(hours=8)


def recorded(event, stream, hours=0.0):
    return testing.recorded(event, stream, at=T0 + timedelta(hours=hours), actor="linh")


def told(*more):
    came = ContactReceived(
        customer=CUSTOMER, zone="Asia/Ho_Chi_Minh", channel="call", words="Help!", case=CASE, opens=True
    )
    promised = FollowUpPromised(
        commitment=PROMISE,
        words="We will call you.",
        due=DUE,
        rule=AtInstant(at=DUE),
        owner="linh",
        said_by="linh",
        at=T0,
        terms=Terms(ladder=()),
        timers=(),
        tzdata="2026a",
        origin=CASE,
    )
    events = [
        recorded(CustomerRegistered(name="Hoa", zone="Asia/Ho_Chi_Minh"), f"customer-{CUSTOMER}"),
        recorded(came, "contact-x"),
        recorded(promised, f"case-{CASE}"),
        *more,
    ]
    teller = Teller()
    return [line.written() for event in events if (line := teller.tell(event))]


def test_tell__says_who_what_and_when():
    assert told() == [
        "Mon 19 Oct 09:00 +07  Hoa calls: “Help!”",
        "Mon 19 Oct 09:00 +07  Linh promises, by Mon 17:00: “We will call you.”",
    ]


def test_tell__says_what_became_of_a_promise():
    reminder = ReminderDue(
        commitment=PROMISE,
        case=CASE,
        revision=1,
        rung="rung-1",
        role="owner",
        planned=DUE - timedelta(hours=1),
        due=DUE,
    )
    kept = CommitmentKept(
        commitment=PROMISE, verdict="kept", at=DUE, margin=timedelta(minutes=75), evidence=Evidence()
    )
    lapsed = CommitmentLapsed(commitment=PROMISE, revision=1, at=DUE, cause="change_not_told")
    lines = told(
        recorded(reminder, f"commitment-{PROMISE}", 7),
        recorded(kept, f"case-{CASE}", 8),
        recorded(lapsed, f"case-{CASE}", 8),
    )
    assert lines[2:] == [
        "Mon 19 Oct 16:00 +07  Kept reminds Linh: due in 1 h",
        "Mon 19 Oct 17:00 +07  kept, 1 h 15 min before it was due",
        "Mon 19 Oct 17:00 +07  lapsed (moved, but nobody told): “We will call you.”",
    ]

"""Figures: what the events of the four logs add up to, and what a ledger must never show."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from demo.expected import differences, expected
from demo.figures import count, gather
from demo.tickets import Ticket
from events import testing
from events.catalogue import (
    CaseClosed,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentWithdrawn,
    ContactReceived,
    ExpectationSet,
    NotificationSent,
    ReminderDue,
    VerdictCorrected,
)
from events.catalogue.terms import AtInstant, Evidence, Terms

T0 = datetime(2018, 6, 1, tzinfo=UTC)
DUE = T0 + timedelta(hours=8)
SPACE = UUID(int=0)


def name(text):
    return uuid5(SPACE, text)


def at(hours):
    return T0 + timedelta(hours=hours)


def recorded(event, hours, stream="case-1"):
    return testing.recorded(event, stream, at=at(hours))


def promised(commitment="p"):
    event = ExpectationSet(
        commitment=name(commitment),
        words="w",
        due=DUE,
        rule=AtInstant(at=DUE),
        owner="an",
        said_by="an",
        at=T0,
        terms=Terms(ladder=()),
        timers=(),
        tzdata="2026a",
        origin=SPACE,
    )
    return recorded(event, 0)


def kept(hours, verdict="kept", commitment="p", **more):
    event = CommitmentKept(
        commitment=name(commitment),
        verdict=verdict,
        at=at(hours),
        margin=DUE - at(hours),
        evidence=Evidence(),
        **more,
    )
    return recorded(event, hours)


def lapsed(commitment="p"):
    return recorded(CommitmentLapsed(commitment=name(commitment), revision=1, at=DUE), 8)


def corrected(verdict, hours=9):
    event = VerdictCorrected(
        commitment=name("p"), was="lapsed", verdict=verdict, at=at(7), evidence=Evidence(), revision=1
    )
    return recorded(event, hours)


def reminder(hours=7.0, planned=7.0, rung="rung-1"):
    event = ReminderDue(
        commitment=name("p"),
        case=SPACE,
        revision=1,
        rung=rung,
        role="owner",
        planned=at(planned),
        due=DUE,
    )
    return recorded(event, hours, "commitment-1")


def figures(*records):
    return count(gather(records))


def shown(*records):
    found = figures(*records)
    return found.kept, found.lapsed, found.kept_late, found.open


def test_promises__end_one_way_or_the_other():
    withdrawn = recorded(CommitmentWithdrawn(commitment=name("p"), reason="duplicate"), 9)
    released = recorded(CommitmentReleased(commitment=name("p"), contact=SPACE), 9)
    assert shown(promised()) == (0, 0, 0, 1)
    assert shown(promised(), kept(8)) == (1, 0, 0, 0)
    assert shown(promised(), lapsed()) == (0, 1, 0, 0)
    assert shown(promised(), lapsed(), kept(9, "kept_late")) == (0, 1, 1, 0)
    assert shown(promised(), lapsed(), corrected("kept")) == (1, 0, 0, 0)
    assert shown(promised(), lapsed(), corrected("open")) == (0, 0, 0, 1)
    assert shown(promised(), released) == (0, 0, 0, 0)
    assert shown(promised(), lapsed(), released) == (0, 1, 0, 0)
    assert shown(promised(), lapsed(), withdrawn) == (0, 1, 0, 0)


def test_reminders__are_judged_by_plan_due_and_keep():
    assert figures(promised(), reminder()).faults() == []
    assert figures(promised(), reminder(), kept(8)).reminders_for_kept == 0
    assert figures(promised(), reminder(), kept(7)).reminders_for_kept == 1
    assert figures(promised(), reminder(8)).reminders_after_due == 1
    assert figures(promised(), reminder(7.5)).reminders_late == 1
    assert figures(promised(), reminder(6)).reminders_early == 1
    assert figures(promised(), reminder(), reminder()).duplicate_reminders == 1
    assert figures(promised(), reminder(), reminder(rung="rung-2")).duplicate_reminders == 0
    assert figures(promised(), reminder(8), reminder(8), kept(7)).faults() == [
        "reminders_after_due: 2 instead of 0",
        "reminders_for_kept: 2 instead of 0",
        "duplicate_reminders: 1 instead of 0",
    ]


def test_an_order_corrected__counts_once_a_case():
    closed = recorded(CaseClosed(at=at(-1), order_corrected=True), 0)
    other = recorded(CaseClosed(at=at(-1), order_corrected=True), 0, "case-2")
    assert figures(promised(), kept(0, order_corrected=True), closed, other).order_corrected == 2
    assert figures(promised(), kept(0)).order_corrected == 0


def test_contacts_and_deliveries__are_counted_apart():
    sent = NotificationSent(commitment=SPACE, case=SPACE, revision=1, notice="rung-1", recipient="an")
    came = ContactReceived(customer=SPACE, zone="UTC", channel="call", words="w", case=SPACE, opens=True)
    found = figures(recorded(came, 0), recorded(sent, 1, "delivery-1"), recorded(sent, 1, "delivery-1"))
    assert (found.contacts, found.deliveries) == (1, 1)
    assert found.events_by_type == {"ContactReceived": 1, "NotificationSent": 2}


def test_letters__several_in_one_are_one_letter():
    sent = NotificationSent(
        commitment=SPACE, case=SPACE, revision=1, notice="rung-1", recipient="an", means="email"
    )
    merged = sent.model_copy(update={"digest": SPACE})
    found = figures(
        recorded(sent, 0, "delivery-1"),
        recorded(merged, 1, "delivery-2"),
        recorded(merged, 1, "delivery-3"),
        recorded(sent.model_copy(update={"means": "webhook"}), 2, "delivery-4"),
    )
    assert (found.deliveries, found.letters) == (4, 2)


def ticket(due, closed):
    return Ticket(1, "1", "", "email", "c", T0, due and at(due), closed if closed is None else at(closed))


LEADS = (timedelta(hours=4), timedelta(hours=1))


@pytest.mark.parametrize(
    ("due", "closed", "short_notice", "wanted"),
    [
        (8, None, "skip", {"lapsed": 1, "reminders": 2}),
        (8, 4, "skip", {"kept": 1, "reminders": 0}),
        (8, 7.5, "skip", {"kept": 1, "reminders": 2}),
        (8, 8, "skip", {"kept": 1, "reminders": 2}),
        (8, 9, "skip", {"lapsed": 1, "kept_late": 1, "reminders": 2}),
        (4, 3, "skip", {"kept": 1, "reminders": 1}),
        (2, 1.5, "skip", {"kept": 1, "reminders": 1}),
        (2, 1.5, "remind", {"kept": 1, "reminders": 2}),
        (0.5, 0, "remind", {"kept": 1, "reminders": 0}),
        (8, -1, "skip", {"kept": 1, "reminders": 0, "order_corrected": 1}),
    ],
)
def test_expected__follows_from_the_times(due, closed, short_notice, wanted):
    found = expected([ticket(due, closed)], LEADS, short_notice)
    assert {key: value for key, value in found.items() if value} == {"contacts": 1, "promises": 1} | {
        key: value for key, value in wanted.items() if value
    }


def test_differences__are_named():
    assert differences(figures(promised()), {"promises": 1, "open": 0}) == ["open: 1 instead of 0"]

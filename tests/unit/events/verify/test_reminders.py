"""I9, I10, I11, I14: each holds for what went well, and is broken by the fault it is there for."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from events.catalogue import (
    CommitmentFellDue,
    CommitmentKept,
    FollowUpPromised,
    NotificationAcknowledged,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    ReminderDue,
    VerdictCorrected,
)
from events.catalogue.terms import Evidence
from events.recorded import Recorded
from events.testing import EXAMPLES
from events.verify.delivered import ends, quiet_after_the_end, told_once
from events.verify.domain_time import domain_time
from events.verify.punctuality import FIRST_AFTER, Moved, punctuality

from .rows import AT, recorded

ID, CASE, DELIVERY = UUID(int=7), UUID(int=8), UUID(int=9)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DUE = AT + 8 * HOUR
EXAMPLE = EXAMPLES["FollowUpPromised"]
assert isinstance(EXAMPLE, FollowUpPromised)
TERMS = EXAMPLE.terms.model_copy(update={"ack_timeout": HOUR})
PROMISED = EXAMPLE.model_copy(update={"commitment": ID, "due": DUE, "terms": TERMS})
REMINDED = ReminderDue(commitment=ID, case=CASE, revision=1, rung="rung-1", role="owner", planned=AT, due=DUE)
FELL_DUE = CommitmentFellDue(commitment=ID, case=CASE, revision=1, due=DUE)
ABOUT = {"commitment": ID, "case": CASE, "revision": 1, "notice": "rung-1", "recipient": "ann", "due": DUE}
SENT = NotificationSent(**ABOUT, means="email")
SEEN = NotificationAcknowledged(**ABOUT, by="call")
FAILED = NotificationFailed(**ABOUT, reason="no_recipient")
SUPPRESSED = NotificationSuppressed(**ABOUT, reason="kept")
KEPT = CommitmentKept(commitment=ID, verdict="kept", at=AT, margin=HOUR, evidence=Evidence(words="done"))
REOPENED = VerdictCorrected(
    commitment=ID, was="kept", verdict="open", at=AT, evidence=Evidence(words="no"), revision=2
)


def at(after, *events, log="reminders", stream="case-1") -> list[Recorded]:
    """Return events that were recorded so long after AT."""
    rows = recorded(*events, log=log, stream=stream)
    return [replace(each, row=replace(each.row, recorded_at=AT + after)) for each in rows]


def delivery(after, *events, number=9) -> list[Recorded]:
    return at(after, *events, log="notifications", stream=f"delivery-{UUID(int=number)}")


def late(event, lateness, **more):
    return event.model_copy(update={"lateness": lateness, **more})


HELD = late(REMINDED, timedelta(0), held=True)
CLIMBED = late(REMINDED, timedelta(0), rung="rung-2", planned=AT + HOUR, failed=DELIVERY)


@pytest.mark.parametrize(
    ("after", "event"),
    [
        (timedelta(0), REMINDED),
        (MINUTE, late(REMINDED, MINUTE)),
        (8 * HOUR, late(REMINDED, 8 * HOUR)),
        (8 * HOUR + FIRST_AFTER, FELL_DUE),
        (9 * HOUR, late(FELL_DUE, HOUR - FIRST_AFTER)),
        (MINUTE + HOUR, HELD),
        (MINUTE + 2 * HOUR, late(HELD, HOUR)),
        (2 * MINUTE, CLIMBED),
    ],
)
def test_punctuality__at_its_instant_or_late_by_its_lateness__holds(after, event):
    notices = delivery(MINUTE, SEEN) + delivery(2 * MINUTE, FAILED)
    assert punctuality(at(after, event), Moved(at(timedelta(0), PROMISED), notices), timedelta(0)).holds


@pytest.mark.parametrize(
    ("after", "event", "says"),
    [
        (-MINUTE, REMINDED, "before its planned"),
        (MINUTE, REMINDED, "says it is 0:00:00 late"),
        (MINUTE, late(REMINDED, 2 * MINUTE), "says it is 0:02:00 late"),
        (9 * HOUR, late(REMINDED, 9 * HOUR), "after its due"),
        (timedelta(0), late(REMINDED, -MINUTE), "below zero"),
        (8 * HOUR, FELL_DUE, "it had to at"),
        (9 * HOUR, FELL_DUE, "says it is 0:00:00 late"),
        (timedelta(0), HELD, "no instant that is known"),
        (MINUTE, CLIMBED, "no instant that is known"),
    ],
)
def test_punctuality__early_or_late_without_a_word__is_named(after, event, says):
    nothing_moved = Moved(at(timedelta(0), PROMISED), [])
    finding = punctuality(at(after, event), nothing_moved, timedelta(0))
    assert not finding.holds
    assert "reminders@1" in finding.says
    assert says in finding.says


def test_punctuality__recorded_a_moment_after_the_look__holds_within_the_slack():
    reminders = at(timedelta(seconds=1), REMINDED)
    assert punctuality(reminders, Moved([], [])).holds
    assert not punctuality(reminders, Moved([], []), timedelta(0)).holds


def test_quiet_after_the_end__before_or_under_way_or_reopened__holds():
    kept = ends(at(HOUR, KEPT, log="cases"))
    assert quiet_after_the_end(delivery(HOUR, SENT), kept).holds
    assert quiet_after_the_end(delivery(HOUR + MINUTE, SENT), kept).holds
    unchecked = SENT.model_copy(update={"unchecked": True})
    assert quiet_after_the_end(delivery(2 * HOUR, unchecked), kept).holds
    reopened = ends(at(HOUR, KEPT, log="cases") + at(2 * HOUR, REOPENED, log="cases"))
    assert quiet_after_the_end(delivery(3 * HOUR, SENT), reopened).holds
    assert quiet_after_the_end(delivery(3 * HOUR, SUPPRESSED), kept).holds


def test_quiet_after_the_end__a_reminder_of_what_is_kept__is_named():
    kept = ends(at(HOUR, KEPT, log="cases"))
    finding = quiet_after_the_end(delivery(2 * HOUR, SENT), kept)
    assert not finding.holds
    assert "notifications@1: rung-1 of commitment" in finding.says
    assert not quiet_after_the_end(delivery(HOUR + MINUTE, SENT), kept, timedelta(0)).holds


def test_told_once__each_its_own__holds():
    other = SENT.model_copy(update={"recipient": "ben"})
    again = SENT.model_copy(update={"revision": 2})
    handed = SENT.model_copy(update={"notice": "handed_over"})
    rows = [
        delivery(HOUR, event, number=n) for n, event in enumerate((SENT, other, again, handed, handed), 9)
    ]
    assert told_once([row for each in rows for row in each]).holds


def test_told_once__a_delivery_settled_twice_or_a_step_told_twice__is_named():
    assert "settles the delivery again" in told_once(delivery(HOUR, SENT, FAILED)).says
    twice = told_once(delivery(HOUR, SENT) + delivery(HOUR, SENT, number=10))
    assert not twice.holds
    assert "tells ann of rung-1" in twice.says


def test_told_once__one_person_told_of_one_step_in_two_roles__is_named():
    lapsed = SENT.model_copy(update={"notice": "lapsed", "role": "owner"})
    as_lead = lapsed.model_copy(update={"role": "lead"})
    assert not told_once(delivery(HOUR, lapsed) + delivery(HOUR, as_lead, number=10)).holds


def test_told_once__lapsed_again_after_all__holds():
    lapsed = SENT.model_copy(update={"notice": "lapsed"})
    (once,), (again,) = delivery(HOUR, lapsed), delivery(2 * HOUR, lapsed, number=10)
    caused = again.metadata.model_copy(update={"causation": UUID(int=77)})
    assert told_once([once, replace(again, metadata=caused)]).holds


def test_domain_time__onwards__holds():
    onwards = at(timedelta(0), PROMISED, log="cases") + at(HOUR, KEPT, log="cases")
    assert domain_time(onwards).holds
    assert domain_time(at(8 * HOUR + FIRST_AFTER, FELL_DUE)).holds


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (at(HOUR, PROMISED) + at(timedelta(0), KEPT), "before the event in front of it"),
        (at(8 * HOUR, FELL_DUE), "not after it"),
        (at(-HOUR, KEPT), "a fact in the future"),
    ],
)
def test_domain_time__backwards_or_ahead__is_named(log, says):
    finding = domain_time(log)
    assert not finding.holds
    assert says in finding.says

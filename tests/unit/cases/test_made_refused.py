"""What does not go together in a new commitment (commitment.md §3)."""

import pytest

from cases.case.commands import Reminder
from events.catalogue.terms import Rung
from events.errors import Invalid
from events.testing import NOW

from .scene import (
    DESK,
    DUE,
    HOUR,
    IF,
    ONE,
    OPENED,
    SOON,
    TWO,
    after,
    promise,
    the,
)

BUSINESS = {"reminders": (Reminder(lead=HOUR, unit="business"),)}


def test_reminders__in_business_time_need_hours_and_are_counted_in_them():
    OPENED.when(promise(**BUSINESS)).then_rejected(Invalid, field="reminders")
    made = the(after(OPENED, promise(**BUSINESS, setting=DESK)))
    assert made.terms.ladder == (Rung(lead=HOUR, unit="business"),)
    assert made.timers[0].at == DUE - 2 * HOUR, "the desk closes an hour before it is due"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (SOON | {"basis": "policy"}, "by_policy"),
        (IF | {"basis": "policy", "setting": DESK}, "by_policy"),
        ({"said_at": NOW - HOUR}, "backfill"),
        ({"kept_at": NOW - HOUR}, "backfill"),
        (SOON | {"not_before": NOW + HOUR}, "due"),
        (IF | {"not_before": NOW + HOUR, "setting": DESK}, "due"),
        ({"replaces": TWO}, "replaces"),
        ({"basis": "internal", "parent": TWO}, "parent"),
    ],
)
def test_made__what_does_not_go_together_is_refused(fields, field):
    OPENED.when(promise(**fields)).then_rejected(Invalid, field=field)


def test_internal__is_never_its_own_parent():
    refused = OPENED.when(promise(basis="internal", parent=ONE)).then_rejected(Invalid, field="parent")
    assert "circular" in str(refused)

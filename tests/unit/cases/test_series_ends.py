"""Where a series cannot begin, and where it does not go on (commitment.md §6)."""

from datetime import timedelta
from uuid import UUID

import pytest

from cases.case.commands import NewSeries, ReopenCase
from cases.commitment import Commitment
from cases.due import Within, WithinBusiness, WithinDays
from cases.setting import Setting
from events.catalogue import CommitmentKept, CommitmentLapsed, FollowUpPromised
from events.errors import Invalid
from events.testing import NOW

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    DESK,
    HOUR,
    IF,
    ONE,
    OPENED,
    SOON,
    TWO,
    UNTOLD,
    Scene,
    after,
    close,
    contact,
    expectation,
    fell_due,
    keep,
    promise,
)

EVERY = NewSeries(every=Within(within=8 * HOUR))


def of(scene: Scene, commitment: UUID) -> Commitment:
    assert scene.state is not None
    return scene.state.commitments[commitment]


def test_series__that_ended_with_its_case_does_not_go_on_when_the_last_one_is_kept_late():
    closed = after(after(OPENED, promise(series=EVERY)), close(), AFTER)
    again = after(closed, ReopenCase(case=A_CASE, words="It broke."), AFTER)
    again.when(keep(), at=AFTER).then_types(CommitmentKept)


def test_series__below_a_parent_that_lapsed_has_no_next_one():
    family = after(OPENED, promise(commitment=TWO))
    family = after(family, promise(series=EVERY, basis="internal", parent=TWO))
    family = after(family, fell_due(commitment=TWO), AFTER)
    family.when(fell_due(), at=AFTER).then_types(CommitmentLapsed)


@pytest.mark.parametrize(
    "fields",
    [
        SOON,
        IF | {"setting": DESK},
        {"due": NOW - HOUR, "backfill": True},
        {"series": NewSeries(every=WithinDays(business_days=2))},
        {"series": NewSeries(every=WithinBusiness(within_business=HOUR))},
        {"series": NewSeries(every=Within(within=HOUR - timedelta(microseconds=1)))},
    ],
)
def test_series__needs_a_due_ahead_hours_to_count_in_and_an_hour_between(fields):
    OPENED.when(promise(**{"series": EVERY, **fields})).then_rejected(Invalid, field="series")
    OPENED.when(promise(series=NewSeries(every=Within(within=HOUR)))).then_types(FollowUpPromised)


def test_told_after_all__what_served_it_goes_on():
    ola = {"commitment": TWO, "basis": "internal", "parent": ONE, "setting": Setting()}
    scene = after(after(UNTOLD, expectation(**SOON, **ola), BEFORE), fell_due(revision=2), AFTER)
    told = after(scene, contact(tells=2), AFTER)
    assert (of(told, ONE).state, of(told, TWO).state) == ("open", "undated")

"""Series that nobody owns, releases after a lapse, and children that lapsed (commitment.md §3, §6)."""

from uuid import UUID

import pytest

from cases.case.commands import NewSeries
from cases.commitment import Commitment
from cases.due import Within
from events.catalogue import CommitmentLapsed, FollowUpPromised
from events.catalogue.terms import Timer
from events.clock import derived_id
from events.testing import LEAD, NOW, SYSTEM

from .scene import (
    AFTER,
    BEFORE,
    DUE,
    HOUR,
    ONE,
    OPENED,
    TWO,
    Scene,
    after,
    correct,
    fell_due,
    hand_over,
    keep,
    promise,
    the,
    withdraw,
)

CYCLE2 = derived_id("cycle", ONE, 2)
EVERY = NewSeries(every=Within(within=8 * HOUR))


def of(scene: Scene, commitment: UUID) -> Commitment:
    assert scene.state is not None
    return scene.state.commitments[commitment]


@pytest.mark.parametrize(("ends", "at"), [(keep(), BEFORE), (fell_due(), AFTER)])
def test_series__the_next_cycle_of_what_nobody_owns_is_to_be_taken_too(ends, at):
    scene = after(OPENED, promise(series=EVERY), by=SYSTEM)
    following = of(after(scene, ends, at, SYSTEM), CYCLE2)
    assert (following.owner, following.said_by) == (None, "system")
    assert following.timers[0] == Timer(name="owner_by", at=at + HOUR / 2, role="team")


def test_series__the_next_cycle_belongs_to_who_took_the_last_and_waits_for_nobody():
    taken = after(after(OPENED, promise(series=EVERY), by=SYSTEM), hand_over(), BEFORE)
    following = of(after(taken, keep(), BEFORE), CYCLE2)
    assert (following.owner, following.owner_by) == ("mai", None)
    assert [timer.name for timer in following.timers] == ["rung-1", "due"]


def test_series__lapses_while_its_parent_has_lapsed_and_goes_on_no_more():
    family = after(OPENED, promise(commitment=TWO))
    scene = after(family, promise(series=EVERY, basis="internal", parent=TWO, due=DUE))
    scene = after(scene, fell_due(commitment=TWO), AFTER)
    scene.when(fell_due(), at=AFTER).then_types(CommitmentLapsed)


def test_withdraw__after_a_lapse_by_a_lead_is_withdrawn_and_no_cycle_follows():
    scene = after(OPENED, promise(series=EVERY))
    lapsed = after(scene, fell_due(), AFTER)
    withdrawn = lapsed.when(withdraw(), at=AFTER, by=LEAD)
    assert the(withdrawn.then_types("CommitmentWithdrawn")).state == "withdrawn"
    scene.when(withdraw(), at=BEFORE).then_types("CommitmentWithdrawn")


def test_correct__a_cycle_from_lapsed_to_kept_makes_no_next_one():
    lapsed = after(after(OPENED, promise(series=EVERY)), fell_due(), AFTER)
    came = lapsed.when(correct(occurred_at=NOW + HOUR), at=AFTER)
    assert not [event for event in came.events if isinstance(event, FollowUpPromised)]

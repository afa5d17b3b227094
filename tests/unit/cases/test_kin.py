"""What becomes of those that served a commitment when it ends (commitment.md §6)."""

from datetime import timedelta
from uuid import UUID

import pytest

from cases.commitment import Commitment
from events.catalogue import CommitmentDated, CommitmentLapsed, CommitmentReleased, CommitmentRescheduled
from events.errors import Invalid

from .scene import (
    AFTER,
    BEFORE,
    CALL,
    DUE,
    HOUR,
    LATER,
    ONE,
    OPENED,
    SOON,
    THREE,
    TWO,
    UNTOLD,
    Scene,
    after,
    expectation,
    fell_due,
    name_due,
    promise,
    release,
    reschedule,
    the,
    withdraw,
)

OLA = {"commitment": TWO, "basis": "internal", "parent": ONE, "owner": "mai"}


def of(scene: Scene, commitment: UUID) -> Commitment:
    assert scene.state is not None
    return scene.state.commitments[commitment]


def test_release__after_a_lapse_keeps_the_lapse_its_due_and_its_cause():
    released = the(after(after(OPENED, promise()), release(), AFTER))
    assert (released.state, released.owed, released.lapsed_at) == ("lapsed", False, DUE)
    assert released.debt_ended


def test_release__leaves_a_child_that_lapsed_lapsed():
    family = after(after(OPENED, promise()), expectation(due=DUE - HOUR, **OLA))
    fallen = after(family, fell_due(commitment=TWO, due=DUE - HOUR), DUE - HOUR / 2)
    fallen.when(release(), at=DUE - HOUR / 2).then_types(CommitmentReleased)
    late = family.when(release(), at=DUE - HOUR / 2)
    late.then_types(CommitmentReleased, CommitmentLapsed)
    assert of(family.and_then(*late.events), TWO).state == "lapsed"


def test_release__takes_a_child_of_a_child_along():
    family = after(after(OPENED, promise()), expectation(due=DUE - HOUR, **OLA))
    family = after(family, expectation(due=DUE - HOUR, **OLA | {"commitment": THREE, "parent": TWO}))
    released = after(family, release(), BEFORE)
    assert [of(released, each).state for each in (TWO, THREE)] == ["withdrawn", "withdrawn"]


def test_replaced__takes_the_children_of_the_lapsed_one_along():
    family = after(OPENED, promise())
    family = after(family, expectation(due=None, undated=True, **OLA))
    replaced = after(
        after(family, fell_due(), AFTER), promise(commitment=THREE, replaces=ONE, due=LATER), AFTER
    )
    assert of(replaced, TWO).state == "withdrawn"


@pytest.mark.parametrize(("due", "warned"), [(DUE - HOUR, []), (DUE - HOUR * 2, ["before_its_children"])])
def test_reschedule__to_before_what_serves_it_is_warned_of(due, warned):
    family = after(after(OPENED, promise()), expectation(due=DUE - HOUR, **OLA))
    moved = family.when(reschedule(due=due), at=BEFORE).events[0]
    assert isinstance(moved, CommitmentRescheduled)
    assert [each.kind for each in moved.warnings if each.kind == "before_its_children"] == warned
    ended = after(family, withdraw(commitment=TWO), BEFORE)
    again = ended.when(reschedule(due=due), at=BEFORE).events[0]
    assert isinstance(again, CommitmentRescheduled)
    assert "before_its_children" not in {each.kind for each in again.warnings}


@pytest.mark.parametrize("parent", [promise(), promise(**SOON)])
def test_date__of_what_serves_another_lies_at_its_due_or_before(parent):
    family = after(after(OPENED, parent), expectation(**SOON, **OLA))
    after(family, name_due(commitment=TWO, due=DUE), BEFORE)
    after(family, expectation(**OLA | {"commitment": THREE, "due": DUE}), BEFORE)
    late = family.when(name_due(commitment=TWO, due=DUE + timedelta(microseconds=1)), at=BEFORE)
    if parent.undated:
        late.then_types(CommitmentDated)
    else:
        late.then_rejected(Invalid, field="due")


def test_date__of_what_serves_another_by_the_due_that_the_customer_knows():
    family = after(UNTOLD, expectation(**SOON, **OLA), BEFORE)
    family.when(name_due(commitment=TWO, due=DUE + HOUR), at=BEFORE).then_rejected(Invalid, field="due")
    in_between = expectation(**OLA | {"commitment": CALL, "due": DUE + HOUR})
    family.when(in_between, at=BEFORE).then_rejected(Invalid, field="due")

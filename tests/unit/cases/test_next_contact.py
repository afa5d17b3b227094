"""The contact that a wait names, and waits that are over (commitment.md §3, §5.3)."""

import pytest

from cases.book import Book
from cases.case import Case, Command, decider
from cases.case.commands import ReopenCase
from cases.due import Within
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.catalogue import WaitingOnCustomer
from events.errors import Invalid
from events.testing import NOW, an_id, given

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    DUE,
    HOUR,
    LATER,
    ONE,
    OPENED,
    SOON,
    THREE,
    TWO,
    Scene,
    after,
    close,
    end_wait,
    expectation,
    keep,
    opening,
    promise,
    release,
    wait,
)

BOTH = Policy("both@1", DEFAULT.says.model_copy(update={"pauses": ("customer", "third_party")}))
OUR_AIM = {"basis": "policy", "due": Within(within=8 * HOUR), "setting": Setting(policy="both@1")}
STARTED = after(given(decider(Book({}, {"both@1": BOTH}))), opening())
RUNNING = after(after(STARTED, promise(commitment=TWO, due=LATER)), promise(**OUR_AIM))
OTHER = an_id("wait for the carrier")
CARRIER = wait(wait=OTHER, kind="third_party")
HELD_TWICE = after(after(RUNNING, wait(), NOW + HOUR), CARRIER, NOW + 2 * HOUR)


def waits(scene: Scene) -> list[object]:
    assert isinstance(scene.state, Case)
    return [each.id for each in scene.state.waits]


UNFIT: dict[str, Command] = {
    "our own aim": promise(**OUR_AIM | {"commitment": THREE}),
    "an expectation": expectation(commitment=THREE, due=LATER),
    "undated": promise(**SOON, commitment=THREE),
    "not there": promise(due=LATER),
}


@pytest.mark.parametrize("what", UNFIT)
def test_wait__the_next_contact_is_an_open_follow_up_that_was_said(what):
    scene = after(RUNNING, UNFIT[what])
    scene.when(wait(next_contact=THREE), at=BEFORE).then_rejected(Invalid, field="next_contact")


def test_wait__a_next_contact_that_is_over_is_refused():
    scene = after(after(OPENED, promise()), keep(), BEFORE)
    scene.when(wait(next_contact=ONE), at=BEFORE).then_rejected(Invalid, field="next_contact")


def test_wait__is_over_when_the_case_closes_and_reopening_brings_none_back():
    scene = after(after(HELD_TWICE, keep(), AFTER), release(commitment=TWO), AFTER)
    closed = after(scene, close(), AFTER)
    assert waits(closed) == []
    again = after(closed, ReopenCase(case=A_CASE, words="The parcel was empty."), AFTER)
    again = after(again, promise(commitment=THREE, due=DUE + 9 * HOUR), AFTER)
    again.when(wait(next_contact=THREE), at=AFTER).then_types(WaitingOnCustomer)


def test_end_wait__of_a_kind_that_is_not_waited_for_changes_nothing():
    after(RUNNING, wait(), BEFORE).when(end_wait(kind="third_party"), at=AFTER).then_nothing()

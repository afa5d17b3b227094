"""Who has it, who had it, and how deep it lies, as events leave it (commitment.md §1)."""

from cases.case import Case, lapses
from cases.case.commands import EndKept, Service
from cases.commitment import Commitment
from events.catalogue.terms import Timer
from events.decider import Asked
from events.testing import AGENT, LEAD, NOW, SYSTEM

from .scene import (
    AFTER,
    BEFORE,
    BOOK,
    CALL,
    DESK,
    DUE,
    HOUR,
    INQUIRY,
    KEPT,
    LAPSED,
    ONE,
    OPEN,
    OPENED,
    THREE,
    TWO,
    UNTOLD,
    Scene,
    after,
    close,
    contact,
    expectation,
    fell_due,
    hand_over,
    keep,
    promise,
    the,
)


def of(scene: Scene, name: object) -> Commitment:
    assert isinstance(scene.state, Case)
    return scene.state.commitments[name]  # type: ignore[index]


def test_handed_over__none_of_those_who_had_it_is_a_witness():
    scene = after(after(OPEN, hand_over()), hand_over(owner="lan"))
    assert (the(scene).past_owners, the(scene).owners) == (
        ("agent", "mai"),
        frozenset({"agent", "mai", "lan"}),
    )
    assert the(after(after(scene, fell_due(), AFTER), keep(occurred_at=BEFORE), AFTER)).self_attested
    unowned = after(OPENED, promise(), by=SYSTEM)
    assert the(unowned).owners == frozenset()
    taken = the(after(unowned, hand_over()))
    assert (taken.past_owners, taken.owners) == ((), frozenset({"mai"}))


def test_attempted__each_with_its_time():
    once = after(OPEN, contact("not_reached", at=NOW), BEFORE)
    twice = the(after(once, contact("not_reached", contact=INQUIRY), BEFORE))
    assert (twice.attempts, twice.attempted_at) == ((CALL, INQUIRY), (NOW, BEFORE))
    assert twice.timers == (Timer(name="rung-1", at=DUE - HOUR), Timer(name="due", at=DUE))


def test_chain__what_serves_ends_before_what_it_serves_however_deep():
    chain = after(OPEN, expectation(commitment=TWO, basis="internal", parent=ONE))
    chain = after(chain, expectation(commitment=THREE, basis="internal", parent=TWO))
    for order in ((ONE, TWO, THREE), (TWO, THREE, ONE), (THREE, ONE, TWO)):
        served = contact(serves=tuple(Service(commitment=each) for each in order))
        ended = close(commitments=tuple(EndKept(end="kept", commitment=each) for each in order))
        for scene in (after(chain, served, BEFORE), after(chain, ended, BEFORE, LEAD)):
            assert [of(scene, each).state for each in order] == ["kept"] * 3


def test_lapses__of_no_case_are_none():
    assert lapses(BOOK, None, keep(), Asked(NOW, AGENT)) == ()


def test_owed__what_is_open_and_what_lapsed_until_its_debt_ends():
    assert the(OPEN).owed
    assert the(LAPSED).owed
    assert not the(KEPT).owed
    assert the(after(OPENED, promise(due=None, undated=True, setting=DESK))).margin is None


def test_kept__its_margin_is_to_the_due_that_the_customer_knows():
    assert the(after(UNTOLD, keep(), BEFORE)).margin == DUE - BEFORE

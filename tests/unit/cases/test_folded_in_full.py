"""How each event leaves a commitment, field by field (commitment.md §1, §6)."""

from cases.commitment import Commitment
from cases.setting import Setting

from .scene import (
    AFTER,
    AIM,
    BEFORE,
    DUE,
    HOUR,
    KEPT,
    LAPSED,
    LATER,
    ONE,
    OPEN,
    OPENED,
    TWO,
    UNTOLD,
    Scene,
    after,
    case_of,
    contact,
    correct,
    expectation,
    fell_due,
    keep,
    promise,
    the,
)

ANNOUNCED = Setting(policy="desk@3", calendar="berlin@1", zone="Europe/Berlin")


def of(scene: Scene, name: object) -> Commitment:
    return case_of(scene).commitments[name]  # type: ignore[index]


def times(found: Commitment) -> tuple[object, ...]:
    return (found.due, found.told_due, found.target)


def test_made__is_of_its_form_and_works_to_its_due_or_its_target():
    assert (the(OPEN).form, times(the(OPEN))) == ("follow_up", (DUE, DUE, DUE))
    assert the(after(OPENED, expectation())).form == "expectation"
    replaced = after(LAPSED, promise(commitment=TWO, replaces=ONE, due=LATER), AFTER)
    assert (of(replaced, TWO).replaces, of(replaced, TWO).owner_by) == (ONE, None)


def test_announced__works_to_its_target_and_lapses_by_its_due():
    scene = after(OPENED, promise(**AIM | {"basis": "said", "setting": ANNOUNCED}))
    made = the(scene)
    assert made.due is not None
    assert (made.basis, made.target, made.told_due) == ("said", made.due - HOUR, made.due)
    lapsed = the(after(scene, fell_due(due=made.due), made.due))
    assert times(lapsed) == (made.due, made.due, made.due - HOUR)


def test_announced__open_again_works_to_the_target_it_had():
    scene = after(OPENED, promise(**AIM | {"basis": "said", "setting": ANNOUNCED}))
    again = after(after(scene, keep(), BEFORE), correct(verdict="not_kept"), BEFORE)
    assert (the(again).state, times(the(again))) == ("open", times(the(scene)))
    assert not the(again).change_not_told


def test_rescheduled__works_to_the_new_due_by_the_new_rule():
    moved = the(UNTOLD)
    assert (times(moved), moved.rescheduled) == ((LATER, DUE, LATER), 1)
    assert moved.rule == the(after(OPENED, promise(due=LATER))).rule
    assert times(the(after(UNTOLD, contact(tells=2), BEFORE))) == (LATER, LATER, LATER)


def test_lapsed__by_the_due_they_knew_and_the_new_one_fell_with_it():
    lapsed = the(after(UNTOLD, fell_due(revision=2), AFTER))
    assert (times(lapsed), lapsed.untold_due, lapsed.lapsed_at) == ((DUE, DUE, DUE), LATER, DUE)
    assert (lapsed.change_not_told, lapsed.timers, lapsed.margin) == (True, (), None)


def test_corrected__open_again_as_if_it_had_never_lapsed():
    again = the(after(after(UNTOLD, fell_due(revision=2), AFTER), contact(tells=2), AFTER))
    assert (times(again), again.lapsed_at) == ((LATER, LATER, LATER), None)
    assert (again.change_not_told, again.untold_due, again.ended_at) == (False, None, None)


def test_corrected__to_lapsed_from_kept_and_from_kept_late():
    assert (the(KEPT).timers, the(KEPT).margin) == ((), DUE - BEFORE)
    for kept in (KEPT, after(LAPSED, keep(), AFTER)):
        lapsed = the(after(kept, correct(verdict="not_kept"), AFTER))
        assert (lapsed.state, lapsed.lapsed_at, lapsed.ended_at) == ("lapsed", DUE, None)
        assert (times(lapsed), lapsed.change_not_told, lapsed.owed) == ((DUE, DUE, DUE), False, True)

"""What the events of a correction say, field by field (commitment.md §6)."""

import pytest

from cases.case.commands import Reminder
from events.catalogue import VerdictCorrected
from events.catalogue.terms import Timer

from .scene import (
    AFTER,
    AIM,
    BEFORE,
    CALL,
    DUE,
    HOUR,
    INQUIRY,
    LATER,
    OPENED,
    UNTOLD,
    Scene,
    after,
    contact,
    correct,
    fell_due,
    keep,
    promise,
    reschedule,
    the,
    wait,
)
from .test_edges_clocks import berlin, next_contact

SOON_AND_SOONER = {"reminders": (Reminder(lead=30 * HOUR), Reminder(lead=29 * HOUR))}
THREE_LEADS = (*SOON_AND_SOONER["reminders"], Reminder(lead=2 * HOUR))


def verdict(scene: Scene, command: object, **when: object) -> VerdictCorrected:
    came = scene.when(command, **when)  # type: ignore[arg-type]
    assert came.rejection is None, came.rejection
    (found,) = [event for event in came.events if isinstance(event, VerdictCorrected)]
    return found


@pytest.mark.parametrize("skewed", [True, False])
@pytest.mark.parametrize(("recorded", "by_word"), [(DUE, False), (AFTER, True)])
def test_told__after_all_says_who_bears_witness_and_whose_clock_was_ahead(skewed, recorded, by_word):
    told = contact(tells=2, recorded_at=recorded, clock_skew=skewed)
    kept_late = after(UNTOLD, contact(contact=INQUIRY, at=AFTER), AFTER)
    lapsed = after(UNTOLD, fell_due(revision=2), AFTER)
    for scene, was in ((kept_late, "kept_late"), (lapsed, "lapsed")):
        corrected = verdict(scene, told, at=AFTER)
        assert (corrected.was, corrected.clock_skew, corrected.self_attested) == (was, skewed, by_word)
        assert corrected.evidence.contact == CALL


def test_told__after_all_says_which_reminders_are_left_out():
    scene = after(after(OPENED, promise(**SOON_AND_SOONER)), reschedule(), BEFORE)
    scene = after(scene, fell_due(revision=2), AFTER)
    corrected = verdict(scene, contact(tells=2), at=AFTER)
    assert corrected.left_out == (Timer(name="rung-1", at=LATER - 30 * HOUR),)
    assert [timer.name for timer in corrected.timers] == ["rung-2", "due"]


def test_correct__open_again_says_which_reminders_are_left_out():
    scene = after(after(OPENED, promise()), keep(), BEFORE)
    corrected = verdict(scene, correct(verdict="not_kept"), at=BEFORE)
    assert (corrected.left_out, [timer.name for timer in corrected.timers]) == ((), ["rung-1", "due"])
    scene = after(after(OPENED, promise(reminders=THREE_LEADS)), keep(), BEFORE)
    corrected = verdict(scene, correct(verdict="not_kept"), at=DUE - HOUR)
    assert [timer.at for timer in corrected.left_out] == [DUE - 30 * HOUR, DUE - 29 * HOUR]
    opened = the(scene.and_then(corrected))
    assert (opened.left_out, opened.timers) == (corrected.left_out, corrected.timers)


def test_correct__what_was_kept_while_its_clock_stood_has_what_was_left_then():
    scene = next_contact(
        after(OPENED, promise(**AIM), berlin("2026-11-02T09:00")), berlin("2026-11-02T09:00")
    )
    scene = after(after(scene, wait(), berlin("2026-11-02T12:00")), keep(), berlin("2026-11-03T09:00"))
    first, held = scene.when(correct(verdict="not_kept"), at=berlin("2026-11-03T11:00")).events
    assert isinstance(first, VerdictCorrected)
    assert (first.due, first.revision) == (berlin("2026-11-03T16:00"), 2)
    again = the(scene.and_then(first))
    assert (again.due, again.told_due, again.target, again.paused_at) == (
        first.due,
        first.due,
        first.due,
        None,
    )
    assert the(scene.and_then(first, held)).paused_at == berlin("2026-11-03T11:00")

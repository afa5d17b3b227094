"""What the events of a verdict say, field by field (commitment.md §6)."""

from datetime import timedelta

from events.catalogue import CommitmentDated, CommitmentKept, VerdictCorrected
from events.catalogue.terms import AtInstant
from events.errors import Invalid, NotNow
from events.testing import NOW
from worktime import tzdata_version

from .scene import (
    AFTER,
    BEFORE,
    DESK,
    DUE,
    HOUR,
    INQUIRY,
    KEPT,
    LAPSED,
    ONE,
    OPEN,
    OPENED,
    SOON,
    UNTOLD,
    Scene,
    after,
    contact,
    correct,
    keep,
    promise,
    reschedule,
)


def verdict(scene: Scene, command: object, **when: object) -> VerdictCorrected:
    came = scene.when(command, **when)  # type: ignore[arg-type]
    assert came.rejection is None, came.rejection
    (found,) = [event for event in came.events if isinstance(event, VerdictCorrected)]
    return found


def kept(scene: Scene, **said: object) -> CommitmentKept:
    *_, event = scene.when(keep(**said), at=BEFORE).events
    assert isinstance(event, CommitmentKept)
    return event


def test_keep__stated_for_now_is_not_skewed_nor_for_when_it_was_made_out_of_order():
    assert not kept(OPEN, occurred_at=BEFORE).clock_skew
    assert not kept(OPEN, occurred_at=NOW).order_corrected
    assert kept(OPEN, occurred_at=NOW - timedelta(microseconds=1)).order_corrected
    assert not verdict(LAPSED, keep(occurred_at=NOW), at=AFTER).order_corrected


def test_keep__what_had_no_due_is_dated_when_it_was_done():
    dated, done = after(OPENED, promise(**SOON, setting=DESK)).when(keep(), at=BEFORE).events
    assert isinstance(dated, CommitmentDated)
    assert isinstance(done, CommitmentKept)
    assert (dated.revision, dated.due, dated.at, dated.timers) == (2, BEFORE, BEFORE, ())
    assert (dated.rule, dated.cause) == (AtInstant(at=BEFORE), "done")
    assert (dated.calendar, dated.tzdata, done.margin) == ("berlin@1", tzdata_version(), 0 * HOUR)


def test_keep__too_early_is_refused_after_the_lapse_as_well():
    scene = after(OPENED, promise(not_before=DUE - HOUR))
    scene.when(keep(occurred_at=BEFORE), at=AFTER).then_rejected(Invalid, field="occurred_at")
    moved = after(scene, reschedule(), BEFORE)
    refused = moved.when(keep(), at=BEFORE).then_rejected(Invalid, field="occurred_at")
    assert (DUE - HOUR).isoformat() in str(refused), "the window that the customer knows"


def test_keep__corrected_from_late_says_what_it_was():
    late = after(LAPSED, contact(at=AFTER), AFTER)
    assert verdict(late, contact(contact=INQUIRY), at=AFTER).was == "kept_late"
    assert verdict(LAPSED, contact(), at=AFTER).was == "lapsed"


def test_told__what_was_kept_already_needs_no_telling():
    after(UNTOLD, keep(), BEFORE).when(contact(tells=2), at=BEFORE).then_types("ContactAttached")


def test_correct__what_never_had_a_due_is_not_opened_again():
    done = after(after(OPENED, promise(**SOON)), keep(), BEFORE)
    done.when(correct(verdict="not_kept"), at=BEFORE).then_rejected(NotNow)
    KEPT.when(correct(verdict="not_kept", commitment=ONE), at=BEFORE).then_types(VerdictCorrected)

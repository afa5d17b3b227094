"""Dues that are counted anew, and the last ones that can be: to the instant (commitment.md §3, §5.5)."""

from datetime import timedelta

import pytest

from cases.case.commands import NewCondition
from cases.due import Within
from events.catalogue import CommitmentRecomputed
from events.errors import Invalid
from events.testing import LEAD, NOW

from .scene import (
    AIM,
    HOUR,
    OPENED,
    after,
    condition_met,
    promise,
    recompute,
    the,
)
from .test_edges_clocks import NEWER, aims, berlin, other_law

MICROSECOND = timedelta(microseconds=1)


def test_recompute__where_all_of_it_is_used_it_is_refused():
    scene = aims(berlin("2026-11-02T09:00"))
    command = recompute(setting=NEWER)
    at = berlin("2026-11-02T13:00")
    scene.when(command, at=at, by=LEAD).then_rejected(Invalid, field="cause")
    moved = the(scene.when(command, at=at - MICROSECOND, by=LEAD).then_types(CommitmentRecomputed))
    assert moved.due == at


@pytest.mark.parametrize("now", ["2026-11-02T10:00", "2026-11-02T10:30"])
def test_recompute__a_wall_time_that_has_come_by_the_new_law_is_refused(now):
    event = other_law()
    assert event.due is not None
    later = event.due + 2 * HOUR
    scene = OPENED.and_then(event.model_copy(update={"due": later}))
    command = recompute(cause="tzdata")
    scene.when(command, at=berlin(now), by=LEAD).then_rejected(Invalid, field="cause")
    came = scene.when(command, at=berlin("2026-11-02T10:00") - MICROSECOND, by=LEAD)
    assert the(came.then_types(CommitmentRecomputed)).due == berlin("2026-11-02T10:00")


def test_by_policy__after_the_fact_counts_from_when_it_was_said():
    said_at = berlin("2026-11-02T09:00")
    said = promise(**AIM, backfill=True, said_at=said_at)
    made = the(OPENED.when(said, at=berlin("2026-11-05T12:00")).after)
    assert (made.due, made.made_at, made.state) == (berlin("2026-11-02T17:00"), said_at, "lapsed")


def test_due__after_the_fact_counts_from_when_it_was_said():
    said_at = NOW - 30 * HOUR
    said = promise(due=Within(within=HOUR), backfill=True, said_at=said_at)
    assert the(OPENED.when(said).after).due == said_at + HOUR


def test_condition_met__counts_from_when_it_was_met():
    condition = NewCondition(words="The part is here.", then=Within(within=2 * HOUR))
    scene = after(OPENED, promise(due=None, condition=condition))
    dated = the(after(scene, condition_met(occurred_at=NOW + HOUR), NOW + 2 * HOUR))
    assert dated.due == NOW + 3 * HOUR

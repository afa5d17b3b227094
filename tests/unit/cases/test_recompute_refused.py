"""What is not recomputed (commitment.md §5.5)."""

import pytest

from cases.due import ByWallTime, Within
from cases.setting import Setting
from events.errors import Invalid, NotNow
from events.testing import LEAD

from .editions import BOTH_NEWER, PINNED, STARTED
from .scene import (
    AIM,
    BEFORE,
    CALL,
    DUE,
    HOUR,
    OPENED,
    after,
    promise,
    recompute,
    reschedule,
)
from .test_edges_clocks import berlin, other_law


@pytest.mark.parametrize("cause", ["policy", "calendar"])
def test_recompute__by_versions_that_are_the_newest_moves_nothing_whatever_the_laws(cause):
    (made,) = STARTED.when(promise(**AIM | {"setting": PINNED})).events
    older = STARTED.and_then(made.model_copy(update={"tzdata": "2025z"}))
    older.when(recompute(cause=cause, setting=PINNED), at=BEFORE, by=LEAD).then_nothing()


@pytest.mark.parametrize("cause", ["policy", "calendar"])
def test_recompute__what_was_told_is_rescheduled_also_where_the_versions_are_the_newest(cause):
    said = after(STARTED, promise(due=Within(within=8 * HOUR), setting=PINNED))
    said.when(recompute(cause=cause, setting=PINNED), at=BEFORE, by=LEAD).then_rejected(NotNow)


@pytest.mark.parametrize("due", [DUE, Within(within=8 * HOUR)])
def test_recompute__what_is_due_by_no_target_has_no_newer_one(due):
    scene = after(STARTED, promise(basis="policy", due=due, setting=PINNED))
    scene.when(recompute(setting=BOTH_NEWER), at=BEFORE, by=LEAD).then_rejected(NotNow)


def test_recompute__what_was_named_no_calendar_moves():
    scene = after(STARTED, promise(basis="policy", due=DUE, setting=PINNED))
    scene.when(recompute(cause="calendar", setting=BOTH_NEWER), at=BEFORE, by=LEAD).then_rejected(NotNow)


@pytest.mark.parametrize("to", [Setting(policy="p@3"), Setting(policy="p@2")])
def test_recompute__to_a_policy_without_the_aim_or_with_leads_that_no_hours_count_is_refused(to):
    scene = after(STARTED, promise(**AIM | {"setting": Setting(policy="p@1")}))
    scene.when(recompute(setting=to), at=BEFORE, by=LEAD).then_rejected(Invalid, field="cause")


def test_recompute__by_law_waits_until_the_customer_knows_of_the_move():
    law = other_law()
    wall = berlin("2026-11-03T10:00").replace(tzinfo=None)
    scene = after(OPENED.and_then(law), reschedule(due=ByWallTime(wall_time=wall)), BEFORE)
    command = recompute(cause="tzdata")
    scene.when(command, at=BEFORE, by=LEAD).then_rejected(NotNow)
    told = after(OPENED.and_then(law), reschedule(due=ByWallTime(wall_time=wall), told_in=CALL), BEFORE)
    told.when(command, at=BEFORE, by=LEAD).then_nothing()

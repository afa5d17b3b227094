"""What a recomputation moves, what it leaves, and what it refuses (commitment.md §5.5)."""

from cases.case.commands import Reminder
from cases.setting import Setting
from events.catalogue import CommitmentRecomputed
from events.catalogue.terms import ByPolicy, Rung, Span, Timer
from events.testing import LEAD, NOW

from .editions import BOTH_NEWER, LEADS, PINNED, STARTED
from .scene import (
    AIM,
    BEFORE,
    DUE,
    HOUR,
    Scene,
    after,
    promise,
    recompute,
    the,
)
from .test_edges_clocks import berlin


def aim(of: str = "response", **fields: object) -> Scene:
    return after(STARTED, promise(**AIM | {"by_policy": of, "setting": PINNED, **fields}))


def recomputed(scene: Scene, cause: str, to: Setting = BOTH_NEWER) -> CommitmentRecomputed:
    (event,) = scene.when(recompute(cause=cause, setting=to), at=BEFORE, by=LEAD).events
    assert isinstance(event, CommitmentRecomputed)
    return event


def test_recompute__by_the_newer_policy_takes_its_aim_and_its_ladder_and_leaves_the_calendar():
    moved = recomputed(aim(), "policy")
    assert (moved.was, moved.due, moved.at, moved.revision) == (DUE, DUE + HOUR, BEFORE, 2)
    assert moved.rule == ByPolicy(aim="response", span=Span(lasts=9 * HOUR))
    assert (moved.policy, moved.calendar, moved.terms.ladder) == ("p@2", "c@1", LEADS)
    assert moved.left_out == (Timer(name="rung-1", at=NOW - HOUR / 2),)
    assert [(each.name, each.role) for each in moved.timers] == [
        ("rung-2", "owner"),
        ("rung-3", "lead"),
        ("due", "owner"),
    ]
    assert (moved.timers[1].at, moved.timers[2].at) == (berlin("2026-03-02T16:00"), DUE + HOUR)


def test_recompute__by_the_newer_calendar_leaves_the_policy_and_its_terms():
    moved = recomputed(aim(), "calendar")
    assert (moved.policy, moved.calendar, moved.due) == ("p@1", "c@2", DUE)
    assert moved.terms == the(aim()).terms
    assert the(after(aim(), recompute(setting=BOTH_NEWER), BEFORE, LEAD)).terms.ladder == LEADS


def test_recompute__each_aim_by_its_own():
    assert recomputed(aim("outcome"), "policy").due == NOW + 30 * HOUR


def test_recompute__what_the_promise_said_itself_stays():
    own = aim(reminders=(Reminder(lead=3 * HOUR),))
    terms = recomputed(own, "policy").terms
    assert (terms.ladder, terms.own) == ((Rung(lead=3 * HOUR),), ("ladder",))
    folded = the(after(own, recompute(setting=BOTH_NEWER), BEFORE, LEAD))
    assert (folded.terms, folded.policy) == (terms, "p@2")

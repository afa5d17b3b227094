"""What an acknowledgement holds, and what a message that reached nobody brings forward (§4 rules 8, 9)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any, get_args
from uuid import UUID

import pytest

from events import testing
from events.catalogue import NotificationAcknowledged, NotificationFailed, ReminderDue
from events.catalogue.notices import FailureReason
from events.catalogue.terms import Terms
from events.errors import Undecodable
from events.recorded import Recorded
from scheduler.notice import noticed
from scheduler.reminder import DUE, Ladder, evolve, firings

from .plans import CASE, COMMITMENT, KEPT, MINUTE, at, promised, recorded, rescheduled, timers, told
from .test_reminder import AFTER_DUE, after, standing

DELIVERY, ANOTHER = testing.an_id("delivery"), testing.an_id("another")
LADDER = timers(240, rung_1=60, rung_2=120, rung_3=200)


def promise(ack: float = 60) -> Ladder:
    made = promised(LADDER, 240)
    terms = Terms(ladder=(), ack_timeout=ack * MINUTE)
    ladder = evolve(None, recorded(made.model_copy(update={"terms": terms})), COMMITMENT)
    assert ladder is not None
    return ladder


def acknowledged(
    minutes: float, revision: int = 1, due: float | None = 240, notice: str = "rung-1"
) -> Recorded[Any]:
    event = NotificationAcknowledged(
        commitment=COMMITMENT,
        case=CASE,
        revision=revision,
        notice=notice,
        recipient="an",
        due=None if due is None else at(due),
        by="link",
    )
    return testing.recorded(event, f"delivery-{DELIVERY}", log="notifications", at=at(minutes))


def failed(
    notice: str, minutes: float, reason: FailureReason = "no_recipient", delivery: UUID = DELIVERY
) -> Recorded[Any]:
    event = NotificationFailed(
        commitment=COMMITMENT, case=CASE, revision=1, notice=notice, recipient="an", reason=reason
    )
    return testing.recorded(event, f"delivery-{delivery}", log="notifications", at=at(minutes))


def without(ladder: Ladder, *names: str) -> Ladder:
    """Return the ladder as it stands once these rungs have fired."""
    return replace(ladder, timers=tuple(timer for timer in ladder.timers if timer.name not in names))


def spoken(ladder: Ladder, minutes: float) -> ReminderDue:
    come = [timer for timer in ladder.timers if timer.fire_at and timer.fire_at <= at(minutes)]
    (firing,) = firings(come, at(minutes))
    assert isinstance(firing.event, ReminderDue)
    return firing.event


def test_edge_45__rungs_inside_the_window_wait_for_its_end():
    held = noticed(promise(ack=70), acknowledged(55))
    assert standing(held) == pytest.approx(
        {"rung-1": 125, "rung-2": 125, "rung-3": 200, DUE: 240 + AFTER_DUE}
    )


def test_edge_45__the_window_is_at_most_half_of_the_time_left():
    held = noticed(promise(ack=1000), acknowledged(40))
    assert standing(held) == pytest.approx(
        {"rung-1": 140, "rung-2": 140, "rung-3": 200, DUE: 240 + AFTER_DUE}
    )


def test_edge_45__at_its_end_the_highest_rung_held_speaks_once_and_the_ladder_goes_on():
    held = noticed(promise(ack=70), acknowledged(55))
    said = spoken(held, 126)
    assert (said.rung, said.skipped, said.held, said.planned) == ("rung-2", ("rung-1",), True, at(120))
    assert said.lateness == MINUTE


def test_edge_45__without_a_due_the_policys_time_counts():
    undated = after(promised(timers(None, review_1=60), None))
    assert standing(noticed(undated, acknowledged(30, due=None))) == pytest.approx({"review-1": 60})


def test_edge_45__a_rung_at_the_very_end_of_the_window_is_not_held():
    held = noticed(promise(ack=60), acknowledged(60))
    assert standing(held)["rung-1"] == 120
    assert next(timer for timer in held.timers if timer.name == "rung-2").held is False


@pytest.mark.parametrize("notice", ["set", "handed_over", "lapsed", "rung-3"])
def test_edge_45__whatever_was_acknowledged_holds_the_rungs(notice):
    assert noticed(promise(), acknowledged(55, notice=notice)) == noticed(promise(), acknowledged(55))


def test_edge_45__acknowledged_again_and_again_each_rung_waits_for_one_window_only():
    held = promise(ack=70)
    for minutes in (0, 20, 40, 55, 60, 69, 80, 100, 120):
        held = noticed(held, acknowledged(minutes))
    assert standing(held) == pytest.approx(
        {"rung-1": 70, "rung-2": 125, "rung-3": 200, DUE: 240 + AFTER_DUE}
    ), "held by those at 0, at 55, and by none: the window at 120 is half of two hours"


def test_edge_45__an_end_and_an_older_revision_are_not_held():
    ended = after(promised(LADDER, 240), KEPT)
    assert noticed(ended, acknowledged(55)) == ended
    newer = after(promised(LADDER, 240, revision=2))
    assert noticed(newer, acknowledged(55, revision=1)) == newer


def test_edge_45__a_rung_held_beyond_an_earlier_due_speaks_as_planned():
    untold = after(promised(LADDER, 240), rescheduled(timers(240, rung_1=100), 120, 240))
    held = noticed(replace(untold, ack_timeout=80 * MINUTE), acknowledged(50, revision=2))
    assert standing(held)["rung-1"] == 130
    moved = evolve(held, recorded(told(120)), COMMITMENT)
    assert moved is not None
    assert standing(moved)["rung-1"] == 100


@pytest.mark.parametrize("ladder", [promise(), after(promised(LADDER, 240), KEPT)])
def test_noticed__of_a_revision_not_known_yet_is_read_again_later(ladder):
    """Also where the one that is known has ended: a correction may have opened it again."""
    with pytest.raises(Undecodable):
        noticed(ladder, acknowledged(55, revision=2))


@pytest.mark.parametrize("reason", get_args(FailureReason))
def test_edge_43__a_rung_that_reached_nobody_the_next_one_speaks_at_once(reason):
    climbed = noticed(without(promise(), "rung-1"), failed("rung-1", 61, reason))
    assert standing(climbed) == pytest.approx({"rung-2": 61, "rung-3": 200, DUE: 240 + AFTER_DUE})
    said = spoken(climbed, 61)
    assert (said.rung, said.failed, said.held) == ("rung-2", DELIVERY, False)
    assert said.planned == at(120)
    assert said.lateness == timedelta(0)


@pytest.mark.parametrize(
    "event", [failed("rung-3", 201), failed("lapsed", 61), failed("set", 5), failed("review-1", 61)]
)
def test_edge_43__the_last_rung_and_other_notices_bring_nothing_forward(event):
    assert noticed(promise(), event) == promise()


def test_edge_43__a_rung_whose_next_has_spoken_calls_no_third():
    left = without(promise(), "rung-1", "rung-2")
    assert noticed(left, failed("rung-1", 121)) == left


def test_edge_43__the_same_rung_failing_again_changes_nothing():
    climbed = noticed(promise(), failed("rung-1", 61))
    assert noticed(climbed, failed("rung-1", 62, delivery=ANOTHER)) == climbed
    assert noticed(without(climbed, "rung-2"), failed("rung-1", 62)) == without(climbed, "rung-2")


def test_edge_43__a_rung_whose_time_has_come_speaks_for_itself():
    assert noticed(promise(), failed("rung-1", 120)) == promise()


def test_edge_43__an_owner_not_there_does_not_hold_the_due():
    climbed = noticed(promise(), failed("rung-2", 121))
    assert standing(climbed)[DUE] == pytest.approx(240 + AFTER_DUE)


def test_called_early_and_acknowledged__is_held():
    """Whichever is heard first: somebody has taken note."""
    ladder = without(promise(ack=70), "rung-1")
    for news in permutations([failed("rung-1", 61), acknowledged(61)]):
        said = spoken(noticed(noticed(ladder, news[0]), news[1]), 131)
        assert (said.rung, said.held, said.failed) == ("rung-2", True, None)

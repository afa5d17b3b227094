"""What an acknowledgement holds, and what a message that reached nobody brings forward (§4 rules 8, 9)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from events import testing
from events.catalogue import NotificationAcknowledged, NotificationFailed, ReminderDue
from events.catalogue.notices import FailureReason
from events.catalogue.terms import Terms
from events.errors import Undecodable
from events.recorded import Recorded
from scheduler.reminder import DUE, Ladder, evolve, firings, noticed

from .plans import CASE, COMMITMENT, KEPT, MINUTE, at, promised, recorded, timers
from .test_reminder import AFTER_DUE, after, standing

DELIVERY = testing.an_id("delivery")
LADDER = timers(240, rung_1=60, rung_2=120, rung_3=200)


def promise(ack: float = 60) -> Ladder:
    made = promised(LADDER, 240)
    terms = Terms(ladder=(), ack_timeout=ack * MINUTE)
    ladder = evolve(None, recorded(made.model_copy(update={"terms": terms})), COMMITMENT)
    assert ladder is not None
    return ladder


def acknowledged(minutes: float, revision: int = 1, due: float | None = 240) -> Recorded[Any]:
    event = NotificationAcknowledged(
        commitment=COMMITMENT,
        case=CASE,
        revision=revision,
        notice="rung-1",
        recipient="an",
        due=None if due is None else at(due),
        by="link",
    )
    return testing.recorded(event, f"delivery-{DELIVERY}", log="notifications", at=at(minutes))


def failed(
    notice: str, minutes: float, reason: FailureReason = "no_recipient", revision: int = 1
) -> Recorded[Any]:
    event = NotificationFailed(
        commitment=COMMITMENT, case=CASE, revision=revision, notice=notice, recipient="an", reason=reason
    )
    return testing.recorded(event, f"delivery-{DELIVERY}", log="notifications", at=at(minutes))


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


def test_edge_45__an_end_and_an_older_revision_are_not_held():
    ended = after(promised(LADDER, 240), KEPT)
    assert noticed(ended, acknowledged(55)) == ended
    newer = after(promised(LADDER, 240, revision=2))
    assert noticed(newer, acknowledged(55, revision=1)) == newer


def test_noticed__of_a_revision_not_known_yet_is_read_again_later():
    with pytest.raises(Undecodable):
        noticed(promise(), acknowledged(55, revision=2))


def test_edge_43__a_rung_that_reached_nobody_the_next_one_speaks_at_once():
    climbed = noticed(promise(), failed("rung-1", 61))
    assert standing(climbed)["rung-2"] == pytest.approx(61)
    said = spoken(replace_rung_1(climbed), 61)
    assert (said.rung, said.failed, said.held) == ("rung-2", DELIVERY, False)
    assert said.planned == at(120)
    assert said.lateness == timedelta(0)


def replace_rung_1(ladder: Ladder) -> Ladder:
    """Return the ladder as it stands once its first rung has fired."""
    return replace(ladder, timers=tuple(timer for timer in ladder.timers if timer.name != "rung-1"))


@pytest.mark.parametrize(
    "event", [failed("rung-3", 201), failed("rung-1", 61, "gave_up"), failed("lapsed", 61)]
)
def test_edge_43__the_last_rung_another_reason_and_other_notices_bring_nothing_forward(event):
    assert noticed(promise(), event) == promise()


def test_edge_43__an_owner_not_there_does_not_hold_the_due():
    climbed = noticed(promise(), failed("rung-2", 121))
    assert standing(climbed)[DUE] == pytest.approx(240 + AFTER_DUE)

"""Who is told of what, and that each is told once."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import Event, ReminderDue
from events.recorded import Recorded
from notifier.delivery import Delivery
from notifier.notice import of_case, of_reminder
from notifier.watched import Watched, evolve
from tests.unit.notifier.cast import DUE, HOUR, event, history, recorded

SET = event("FollowUpPromised")
LAPSED = event("CommitmentLapsed")
CORRECTED = event("VerdictCorrected")


def told(*events: Event, actor: str = "agent") -> list[Delivery]:
    """Return what the last of these events tells."""
    *before, last = history(*events, actor=actor)
    state: Watched | None = reduce(evolve, before, None)
    return of_case(last, state, evolve(state, last))


def told_by_all(rows: list[Recorded[Event]]) -> list[Delivery]:
    found, state = [], None
    for row in rows:
        after = evolve(state, row)
        found += of_case(row, state, after)
        state = after
    return found


def whom(deliveries: list[Delivery]) -> list[tuple[str, str | None]]:
    return [(each.notice, each.recipient) for each in deliveries]


def reminder(position: int = 1, owner: str | None = "agent", **changes: object) -> Delivery:
    due = event("ReminderDue", **changes)
    assert isinstance(due, ReminderDue)
    return of_reminder(recorded(due, position), due, owner)


@pytest.mark.parametrize(
    ("events", "actor", "expected"),
    [
        ([SET], "agent", []),
        ([event("FollowUpPromised", said_by="bot")], "bot", [("set", "agent")]),
        ([event("ExpectationSet", said_by="bot")], "bot", [("set", "agent")]),
        ([SET, event("CommitmentRescheduled")], "agent", []),
        ([SET, event("CommitmentRescheduled")], "lead", [("rescheduled", "agent")]),
        ([SET, event("CommitmentDeclined")], "agent", [("declined", "agent")]),
        ([SET, event("CommitmentHandedOver")], "lead", [("handed_over", "mai"), ("handed_off", "agent")]),
        ([SET, LAPSED], "scheduler", [("lapsed", "agent")]),
        ([SET, event("CommitmentHandedOver"), LAPSED], "scheduler", [("lapsed", "mai")]),
        ([SET, LAPSED, CORRECTED], "lead", [("all_clear", "agent")]),
        ([SET, LAPSED, event("CommitmentHandedOver"), CORRECTED], "lead", [("all_clear", "agent")]),
        ([SET, LAPSED, CORRECTED, CORRECTED], "lead", []),
        ([SET, event("CommitmentKept"), event("VerdictCorrected", was="kept", verdict="open")], "lead", []),
        ([SET, event("CommitmentReleased")], "agent", []),
        ([SET, event("CommitmentReleased")], "lead", [("released", "agent")]),
        ([SET, event("CommitmentWithdrawn")], "agent", []),
        ([SET, event("CommitmentWithdrawn")], "lead", [("withdrawn", "agent")]),
        ([SET, event("CommitmentKept")], "lead", []),
        ([SET, event("CommitmentAgreed")], "lead", []),
        ([SET, event("CustomerTold")], "lead", []),
        ([event("CaseOpened")], "lead", []),
    ],
)
def test_event__tells_whom_it_concerns(events, actor, expected):
    assert whom(told(*events, actor=actor)) == expected


def test_all_clear__follows_the_lapse_notice():
    (lapse,) = told(SET, LAPSED)
    (all_clear,) = told(SET, LAPSED, event("VerdictCorrected", verdict="open", revision=2))
    assert all_clear.follows == lapse.id
    assert all_clear.revision == 2


def test_hand_over__names_the_other_one():
    assert [each.counterpart for each in told(SET, event("CommitmentHandedOver"))] == ["agent", "mai"]


def test_hand_over_again__is_told_again():
    forth, back = event("CommitmentHandedOver"), event("CommitmentHandedOver", was="mai", owner="agent")
    rows = history(SET, forth, back, forth)
    ids = [each.id for each in told_by_all(rows)]
    assert len(ids) == len(set(ids)) == 6


def test_reschedule__tells_the_new_due():
    moved = event("CommitmentRescheduled", told_due=DUE, due=DUE + HOUR)
    assert [each.due for each in told(SET, moved, actor="lead")] == [DUE + HOUR]


def test_delivery__carries_its_cause():
    (lapse,) = told(SET, LAPSED)
    row = history(SET, LAPSED)[-1]
    assert (lapse.cause, lapse.correlation, lapse.traceparent, lapse.actor) == (
        row.id,
        row.metadata.correlation,
        row.metadata.traceparent,
        "agent",
    )


def test_reminder__is_for_the_owner_as_known():
    made = reminder(short_notice=True)
    assert (made.notice, made.recipient, made.due, made.short_notice) == ("rung-1", "agent", DUE, True)
    assert reminder(owner=None).recipient is None


def test_edge_24__one_delivery_whoever_owns_and_however_often_it_comes():
    assert reminder(1, "agent").id == reminder(2, "mai").id == reminder(3, None).id


@pytest.mark.parametrize("change", [{"revision": 2}, {"rung": "rung-2"}, {"role": "lead"}])
def test_another_rung__is_another_delivery(change):
    assert reminder().id != reminder(**change).id


KINDS = [
    "CommitmentRescheduled",
    "CommitmentDeclined",
    "CommitmentHandedOver",
    "CommitmentLapsed",
    "VerdictCorrected",
]


@given(st.lists(st.sampled_from(KINDS), max_size=12), st.data())
def test_each_step__is_told_once_however_often_it_is_delivered(kinds, data):
    rows = history(SET, *(event(kind) for kind in kinds), actor="lead")
    once = {each.id: each for each in told_by_all(rows)}
    again = data.draw(st.lists(st.sampled_from(rows[1:]), max_size=6)) if kinds else []
    keys = [(each.notice, each.recipient, each.cause) for each in once.values()]
    assert len(keys) == len(set(keys))
    for row in again:
        before: Watched | None = reduce(evolve, rows[: row.position - 1], None)
        assert {each.id for each in of_case(row, before, evolve(before, row))} <= once.keys()

"""What stands after each event, and what is said when instants have passed."""

from dataclasses import replace
from datetime import datetime
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import (
    CommitmentAgreed,
    CommitmentFellDue,
    CommitmentHandedOver,
    Event,
    ReminderDue,
)
from events.catalogue.terms import Role, Terms, Timer
from events.catalogue.waits import commitments_of
from events.clock import derived_id
from scheduler.reminder import (
    DUE,
    FIRST_AFTER,
    Cause,
    Firing,
    Held,
    Ladder,
    evolve,
    firings,
    unfired,
)

from .plans import (
    CASE,
    CHAIN,
    COMMITMENT,
    CONTACT,
    KEPT,
    LAPSED,
    MINUTE,
    NINE,
    PLAN,
    RELEASED,
    WAITING,
    WITHDRAWN,
    at,
    corrected,
    dated,
    promised,
    recomputed,
    recorded,
    rescheduled,
    taken,
    timers,
    told,
    traceparent,
    wait_ended,
)


def after(*events: Event) -> Ladder:
    ladder: Ladder | None = None
    for position, event in enumerate(events, 1):
        for commitment in commitments_of(event):
            ladder = evolve(ladder, recorded(event, position), commitment)
    assert ladder is not None
    return ladder


def standing(ladder: Ladder) -> dict[str, float | None]:
    """Return when each timer speaks, in minutes from nine."""
    return {
        timer.name: None if timer.fire_at is None else (timer.fire_at - NINE) / MINUTE
        for timer in ladder.timers
    }


AFTER_DUE = FIRST_AFTER / MINUTE


@pytest.mark.parametrize(
    ("events", "stands"),
    [
        pytest.param([promised(PLAN)], {"rung-1": 60, "rung-2": 105, DUE: 120 + AFTER_DUE}, id="made"),
        pytest.param([promised(())], {}, id="made without timers"),
        pytest.param(
            [promised(PLAN), rescheduled(timers(300, rung_1=240), 300, 300)],
            {"rung-1": 240, DUE: 300 + AFTER_DUE},
            id="rescheduled and told",
        ),
        pytest.param(
            [promised(PLAN), rescheduled(timers(120, rung_1=110, rung_2=240), 300, 120)],
            {"rung-1": 110, "rung-2": None, DUE: 120 + AFTER_DUE},
            id="rescheduled, not told: the rung beyond the old due waits",
        ),
        pytest.param(
            [promised(PLAN), rescheduled(timers(120, rung_1=110, rung_2=240), 300, 120), told(300)],
            {"rung-1": 110, "rung-2": 240, DUE: 300 + AFTER_DUE},
            id="told later",
        ),
        pytest.param(
            [promised(PLAN, revision=3), rescheduled(timers(200), 200, 200, revision=2)],
            {"rung-1": 60, "rung-2": 105, DUE: 120 + AFTER_DUE},
            id="a lower revision is ignored",
        ),
        pytest.param(
            [promised(PLAN), rescheduled(timers(200), 200, 200, revision=4)],
            {DUE: 200 + AFTER_DUE},
            id="a revision may skip numbers",
        ),
        pytest.param(
            [promised(PLAN), promised(timers(500), 500)],
            {"rung-1": 60, "rung-2": 105, DUE: 120 + AFTER_DUE},
            id="an equal revision is ignored",
        ),
        pytest.param(
            [promised(PLAN), told(300)],
            {"rung-1": 60, "rung-2": 105, DUE: 120 + AFTER_DUE},
            id="told of another revision is ignored",
        ),
        pytest.param(
            [promised(PLAN), dated(timers(200, rung_1=190), 200)],
            {"rung-1": 190, DUE: 200 + AFTER_DUE},
            id="dated",
        ),
        pytest.param(
            [promised(PLAN), recomputed(timers(90, rung_1=30), 90)],
            {"rung-1": 30, DUE: 90 + AFTER_DUE},
            id="recomputed",
        ),
        pytest.param([promised(PLAN), WAITING], {}, id="a wait stills all"),
        pytest.param(
            [promised(PLAN), WAITING, wait_ended(timers(400, rung_1=340), 400)],
            {"rung-1": 340, DUE: 400 + AFTER_DUE},
            id="resumed",
        ),
        pytest.param(
            [promised(timers(None, review_1=60, review_2=120), None)],
            {"review-1": 60, "review-2": 120},
            id="undated",
        ),
        pytest.param(
            [promised(timers(120, owner_by=30, rung_1=60)), taken()],
            {"rung-1": 60, DUE: 120 + AFTER_DUE},
            id="somebody took it",
        ),
        pytest.param([promised(PLAN), KEPT], {}, id="kept"),
        pytest.param([promised(PLAN), LAPSED], {}, id="lapsed"),
        pytest.param([promised(PLAN), RELEASED], {}, id="released"),
        pytest.param([promised(PLAN), WITHDRAWN], {}, id="withdrawn"),
        pytest.param([promised(PLAN), KEPT, promised(PLAN)], {}, id="an end stays, delivered again"),
        pytest.param(
            [promised(PLAN), rescheduled(timers(300), 300, 120), KEPT, told(300)], {}, id="told after the end"
        ),
        pytest.param(
            [promised(PLAN), KEPT, corrected(2, timers(120, rung_1=60))],
            {"rung-1": 60, DUE: 120 + AFTER_DUE},
            id="corrected to open",
        ),
        pytest.param([promised(PLAN), LAPSED, corrected(2)], {}, id="corrected to kept"),
        pytest.param([promised(PLAN), corrected(1)], {}, id="corrected without timers clears"),
        pytest.param(
            [
                promised(PLAN),
                CommitmentHandedOver(commitment=COMMITMENT, was="an", owner="binh"),
                CommitmentAgreed(commitment=COMMITMENT, contact=CONTACT),
            ],
            {"rung-1": 60, "rung-2": 105, DUE: 120 + AFTER_DUE},
            id="what moves no timer",
        ),
    ],
)
def test_follow__holds_the_list_of_the_event(events, stands):
    assert standing(after(*events)) == pytest.approx(stands)


def test_follow__keeps_what_made_it_and_where():
    made = recorded(promised(PLAN), 7)
    ladder = evolve(None, made, COMMITMENT)
    assert ladder is not None
    rung = ladder.timers[0]
    assert rung.cause == Cause(made.row.event_id, CHAIN, traceparent(7))
    assert (rung.case, rung.due, ladder.revision) == (CASE, at(120), 1)


def test_told__gives_its_rungs_the_due_that_the_customer_knows():
    untold = rescheduled(timers(120, rung_1=240), 300, 120)
    assert {timer.due for timer in after(promised(PLAN), untold).timers} == {at(120)}
    assert {timer.due for timer in after(promised(PLAN), untold, told(300)).timers} == {at(300)}


def test_end__of_what_was_never_heard_of_holds_nothing():
    assert evolve(None, recorded(KEPT), COMMITMENT) is None


def passed(ladder: Ladder, now: datetime) -> list[Held]:
    return [timer for timer in ladder.timers if timer.fire_at is not None and timer.fire_at <= now]


def spoken(ladder: Ladder, now: datetime) -> list[Firing]:
    return firings(passed(ladder, now), now)


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        pytest.param(59.9, [], id="never before"),
        pytest.param(60, [("rung-1", 0, ())], id="at the instant"),
        pytest.param(61, [("rung-1", 1, ())], id="a minute late"),
        pytest.param(119, [("rung-2", 14, ("rung-1",))], id="two passed: the highest speaks"),
        pytest.param(120, [("rung-2", 15, ("rung-1",))], id="at due it is not over"),
        pytest.param(120 + AFTER_DUE, [(DUE, 0, ("rung-1", "rung-2"))], id="the microsecond after"),
        pytest.param(480, [(DUE, 360 - AFTER_DUE, ("rung-1", "rung-2"))], id="down for hours"),
    ],
)
def test_edge_30__one_speaks_for_all_that_passed(minutes, says):
    events = [firing.event for firing in spoken(after(promised(PLAN)), at(minutes))]
    assert [(_name(event), event.skipped) for event in events] == [
        (name, skipped) for name, _, skipped in says
    ]
    assert [event.lateness / MINUTE for event in events] == pytest.approx([late for _, late, _ in says])


ROLES: dict[str, Role] = {
    "review-2": "lead",
    "review-3": "manager",
    "rung-2": "lead",
    "limit": "team",
    "owner_by": "team",
}


@pytest.mark.parametrize(
    ("passed_", "says", "role", "skipped"),
    [
        (("owner_by",), "owner_by", "team", ()),
        (("review_1", "owner_by"), "owner_by", "team", ("review-1",)),
        (("review_1", "review_2", "review_3", "owner_by"), "review-3", "manager", ("review-1", "review-2")),
        (("rung_1", "owner_by"), "owner_by", "team", ("rung-1",)),
        (("limit", "owner_by"), "owner_by", "team", ("limit",)),
        (("rung_1", "rung_2", "owner_by"), "rung-2", "lead", ("rung-1",)),
    ],
)
def test_edge_30__that_nobody_has_it_is_said_to_the_highest_role_that_passed(passed_, says, role, skipped):
    plan = timers(None, **{name: 10 + number for number, name in enumerate(passed_)})
    called = [timer.model_copy(update={"role": ROLES.get(timer.name, "owner")}) for timer in plan]
    (firing,) = spoken(after(promised(called, None)), at(60))
    assert isinstance(firing.event, ReminderDue)
    assert (firing.event.rung, firing.event.role) == (says, role)
    swallowed = () if says == "owner_by" else ("owner_by",)
    assert firing.event.skipped == (*skipped, *swallowed)
    assert len(firing.timers) == len(passed_)


def test_an_older_plan__does_not_change_how_long_is_waited():
    older = promised(PLAN).model_copy(update={"terms": Terms(ladder=(), ack_timeout=MINUTE)})
    assert after(recomputed(PLAN, 120), older).ack_timeout == Terms(ladder=()).ack_timeout


def test_reminder__says_what_the_plan_said():
    plan = (Timer(name="rung-2", at=at(10), role="lead", short_notice=True), Timer(name=DUE, at=at(120)))
    (firing,) = spoken(after(promised(plan)), at(11))
    assert firing.event == ReminderDue(
        commitment=COMMITMENT,
        case=CASE,
        revision=1,
        rung="rung-2",
        role="lead",
        planned=at(10),
        due=at(120),
        lateness=MINUTE,
        short_notice=True,
    )
    assert firing.id == derived_id(COMMITMENT, 1, "rung-2", "2026-03-02T09:10:00+00:00")
    assert firing.timers == (firing.id,)


def test_fell_due__names_the_due_that_the_customer_knows():
    ladder = after(promised(PLAN), rescheduled(timers(120, rung_1=240), 300, 120))
    (firing,) = spoken(ladder, at(250))
    assert firing.event == CommitmentFellDue(
        commitment=COMMITMENT, case=CASE, revision=2, due=at(120), lateness=130 * MINUTE - FIRST_AFTER
    )
    assert firing.id == derived_id(COMMITMENT, 2, DUE, "2026-03-02T11:00:00+00:00")
    assert standing(unfired(ladder, [firing.event])) == {"rung-1": None}


def test_rung_at_the_due_that_the_customer_knows__waits_for_the_telling():
    ladder = after(promised(PLAN), rescheduled(timers(120, rung_1=120), 180, 120))
    (firing,) = spoken(ladder, at(121))
    assert isinstance(firing.event, CommitmentFellDue)
    assert firing.event.skipped == ()
    assert standing(after(promised(PLAN), rescheduled(timers(120, rung_1=120), 180, 120), told(180))) == {
        "rung-1": 120,
        DUE: 180 + AFTER_DUE,
    }


def test_rungs_of_one_instant__climb_by_their_number():
    plan = timers(120, **{f"rung_{number}": 60 for number in (10, 9, 2)})
    (firing,) = spoken(after(promised(plan)), at(60))
    assert isinstance(firing.event, ReminderDue)
    assert (firing.event.rung, firing.event.skipped) == ("rung-10", ("rung-2", "rung-9"))


def test_firing_id__is_that_of_the_instant_whatever_its_offset():
    from_log = after(promised(PLAN)).timers[0]
    elsewhere = replace(from_log, planned=datetime.fromisoformat("2026-03-02T17:00:00+07:00"))
    assert from_log.id == elsewhere.id
    assert len({timer.id for timer in after(promised(PLAN)).timers}) == 3


def test_commitments__speak_each_for_themselves():
    ladder, other = after(promised(PLAN)), UUID(int=0)
    both = [*passed(ladder, at(130)), *(replace(t, commitment=other) for t in passed(ladder, at(70)))]
    kinds = {firing.event.commitment: type(firing.event) for firing in firings(both, at(130))}
    assert kinds == {COMMITMENT: CommitmentFellDue, other: ReminderDue}


def test_rebuild__holds_what_was_neither_fired_nor_skipped():
    ladder = after(promised(PLAN))
    (first,), (second,) = spoken(ladder, at(60)), spoken(ladder, at(110))
    assert standing(unfired(ladder, [first.event])) == pytest.approx({"rung-2": 105, DUE: 120 + AFTER_DUE})
    assert set(standing(unfired(ladder, [second.event]))) == {DUE}


def test_rebuild__arms_what_a_newer_revision_planned():
    ladder = after(promised(PLAN))
    (firing,) = spoken(ladder, at(130))
    again = after(promised(PLAN), LAPSED, corrected(2, PLAN))
    assert len(unfired(again, [firing.event]).timers) == 3
    assert unfired(ladder, [firing.event]).timers == ()


LOOKS = st.lists(st.floats(0, 400), max_size=8)
RUNGS = st.lists(st.integers(0, 299), max_size=5)


@given(rungs=RUNGS, due=st.integers(1, 300), told_later=st.booleans(), looks=LOOKS)
def test_whenever_one_looks__each_timer_speaks_or_is_spoken_for_once(rungs, due, told_later, looks):
    """Rungs of a move to 300, looked at now and then; the customer counts on `due` until told at 0."""
    plan = timers(due, **{f"rung_{number}": minutes for number, minutes in enumerate(sorted(rungs), 1)})
    ladder = after(promised(()), rescheduled(plan, 300, due), *([told(300)] if told_later else []))
    counted_on = at(300 if told_later else due)
    said: list[ReminderDue | CommitmentFellDue] = []
    for minutes in [*sorted(looks), 500]:
        for firing in spoken(ladder, at(minutes)):
            said.append(firing.event)
            _check(firing.event, at(minutes), counted_on)
            ladder = unfired(ladder, [firing.event])
    assert [type(event) for event in said].count(CommitmentFellDue) == 1
    settled = reduce(lambda names, event: [*names, *event.skipped, _name(event)], said, list[str]())
    assert sorted(settled) == sorted(
        timer.name for timer in plan if timer.name == DUE or timer.at < counted_on
    )


def _check(event: ReminderDue | CommitmentFellDue, now: datetime, due: datetime) -> None:
    assert event.due == due
    if isinstance(event, ReminderDue):
        assert event.planned <= now <= due
        assert event.lateness == now - event.planned
    else:
        assert now > due


def _name(event: ReminderDue | CommitmentFellDue) -> str:
    return event.rung if isinstance(event, ReminderDue) else DUE

"""Edge cases of what is promised: series, conditions, "soon", bots, parts (rows 28, 29, 48 to 52)."""

from datetime import timedelta

import pytest

from cases.case.commands import NewCondition, NewSeries, Reminder
from cases.due import WithinDays
from events.catalogue import (
    CommitmentDated,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentPartlyKept,
    FollowUpPromised,
)
from events.catalogue.terms import Timer
from events.clock import derived_id
from events.decider import Actor
from events.errors import Invalid
from events.testing import NOW

from .scene import (
    AFTER,
    BEFORE,
    CALL,
    DESK,
    DUE,
    HOUR,
    IF,
    LATER,
    ONE,
    OPENED,
    SOON,
    Scene,
    after,
    condition_met,
    contact,
    fell_due,
    hand_over,
    keep,
    keep_part,
    name_due,
    promise,
    reschedule,
    the,
)
from .test_edges_clocks import berlin

MINUTE = timedelta(minutes=1)
BOT = Actor("bot", frozenset({"system"}))


def test_edge_28__made_too_late_the_lowest_role_is_reminded_and_nobody_above():
    ladder = (Reminder(lead=60 * MINUTE), Reminder(lead=15 * MINUTE, role="lead"))
    made = the(OPENED.when(promise(due=NOW + 5 * MINUTE, reminders=ladder)).then_types(FollowUpPromised))
    assert made.timers == (
        Timer(name="rung-2", at=NOW, role="owner", short_notice=True),
        Timer(name="due", at=NOW + 5 * MINUTE),
    )
    assert made.left_out == (Timer(name="rung-1", at=NOW - 55 * MINUTE),)


def test_edge_28__skipped_by_the_promise_itself_none_is_reminded_and_the_event_says_so():
    ladder = (Reminder(lead=60 * MINUTE), Reminder(lead=15 * MINUTE, role="lead"))
    command = promise(due=NOW + 5 * MINUTE, reminders=ladder, short_notice="skip")
    made = the(OPENED.when(command).then_types(FollowUpPromised))
    assert made.timers == (Timer(name="due", at=NOW + 5 * MINUTE),)
    assert [rung.name for rung in made.left_out] == ["rung-1", "rung-2"]


@pytest.mark.parametrize(
    ("fields", "kinds", "state"),
    [
        ({"kept_at": NOW - 3 * HOUR}, [CommitmentKept], "kept"),
        ({"kept_at": NOW - 2 * HOUR}, [CommitmentKept], "kept"),
        ({"kept_at": NOW - HOUR}, [CommitmentLapsed, CommitmentKept], "kept_late"),
        ({}, [CommitmentLapsed], "lapsed"),
    ],
)
def test_edge_29__recorded_after_the_fact_it_is_judged_at_once_and_nobody_is_reminded(fields, kinds, state):
    command = promise(due=NOW - 2 * HOUR, backfill=True, said_at=NOW - 30 * HOUR, **fields)
    made = the(OPENED.when(command).then_types(FollowUpPromised, *kinds))
    assert (made.state, made.timers, made.backfill) == (state, (), True)
    assert made.made_at == NOW - 30 * HOUR


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"due": LATER, "backfill": True}, "backfill"),
        ({"due": NOW - HOUR, "kept_at": NOW}, "backfill"),
        ({"due": NOW - HOUR, "backfill": True, "kept_at": LATER}, "kept_at"),
        ({"due": NOW - HOUR, "backfill": True, "said_at": LATER}, "said_at"),
        ({**SOON, "backfill": True}, "due"),
    ],
)
def test_edge_29__after_the_fact_needs_a_fact(fields, field):
    OPENED.when(promise(**fields)).then_rejected(Invalid, field=field)


EVERY = NewSeries(every=WithinDays(business_days=2))
FIXED = NewSeries(every=WithinDays(business_days=2), cadence="fixed")
FIRST = berlin("2026-11-04T10:00")
"""A Wednesday."""


def updates(series: NewSeries = EVERY) -> Scene:
    said = promise(due=FIRST, series=series, setting=DESK, channel="email")
    return after(OPENED, said, berlin("2026-11-02T10:00"))


def test_edge_48__a_cycle_missed_lapses_once_and_the_next_is_made_from_its_due():
    scene = updates()
    came = scene.when(fell_due(due=FIRST), at=FIRST + MINUTE)
    came.then_types(CommitmentLapsed, FollowUpPromised)
    _, following = came.events
    assert isinstance(following, FollowUpPromised)
    assert following.series is not None
    assert (following.series.cycle, following.due) == (2, berlin("2026-11-06T10:00"))
    assert following.commitment == derived_id("cycle", ONE, 2)
    lapsed = scene.and_then(*came.events)
    lapsed.when(fell_due(due=FIRST), at=FIRST + 2 * MINUTE).then_nothing()
    late = lapsed.when(keep(), at=FIRST + 3 * MINUTE)
    late.then_types(CommitmentKept)


@pytest.mark.parametrize(
    ("series", "due"), [(EVERY, berlin("2026-11-05T15:00")), (FIXED, berlin("2026-11-06T10:00"))]
)
def test_edge_48__a_cycle_kept_early_the_next_counts_from_the_update_or_from_the_due(series, due):
    came = updates(series).when(keep(), at=berlin("2026-11-03T15:00"))
    came.then_types(CommitmentKept, FollowUpPromised)
    following = came.events[1]
    assert isinstance(following, FollowUpPromised)
    assert (following.due, following.channel, following.origin) == (due, "email", following.origin)
    assert following.timers[-1].at == due


def test_edge_48__one_contact_keeps_one_cycle():
    said = contact(at=berlin("2026-11-03T15:00"), channel="email")
    came = updates().when(said, at=berlin("2026-11-03T15:00"))
    came.then_types("ContactAttached", CommitmentKept, FollowUpPromised)


def test_edge_49__a_conditional_promise_is_dated_when_its_condition_is_met():
    scene = after(OPENED, promise(**IF, setting=DESK), berlin("2026-11-06T10:00"))
    assert (the(scene).state, the(scene).due, the(scene).timers) == ("dormant", None, ())
    came = scene.when(condition_met(), at=berlin("2026-11-06T14:00"))
    made = the(came.then_types(CommitmentDated))
    assert (made.state, made.due) == ("open", berlin("2026-11-09T14:00"))
    assert [timer.name for timer in made.timers] == ["rung-1", "due"]
    assert made.first_due == made.due


def test_edge_49__its_outer_limit_is_a_timer_for_the_owner():
    condition = NewCondition(words="The part is here.", then=WithinDays(business_days=1), limit=LATER)
    said = promise(due=None, condition=condition, setting=DESK)
    made = the(OPENED.when(said).then_types(FollowUpPromised))
    assert made.timers == (Timer(name="limit", at=LATER),)


def test_edge_49__met_too_long_ago_it_needs_a_date():
    scene = after(OPENED, promise(**IF, setting=DESK), berlin("2026-11-02T10:00"))
    said = condition_met(occurred_at=berlin("2026-11-02T11:00"))
    scene.when(said, at=berlin("2026-11-06T14:00")).then_rejected(Invalid, field="due")


def test_edge_50__soon_is_looked_at_by_owner_lead_and_manager_until_a_date_is_named():
    scene = after(OPENED, promise(**SOON))
    made = the(scene)
    assert (made.state, made.due, made.first_due) == ("undated", None, None)
    assert [(timer.name, timer.at, timer.role) for timer in made.timers] == [
        ("review-1", NOW + timedelta(days=1), "owner"),
        ("review-2", NOW + timedelta(days=2), "lead"),
        ("review-3", NOW + timedelta(days=3), "manager"),
    ]
    dated = the(scene.when(name_due(), at=BEFORE).then_types(CommitmentDated))
    assert [timer.name for timer in dated.timers] == ["rung-1", "due"]
    assert (dated.state, dated.due, dated.revision) == ("open", LATER, 2)


def test_edge_50__done_without_ever_having_had_a_due_it_is_outside_the_rates():
    scene = after(OPENED, promise(**SOON))
    kept = the(scene.when(keep(), at=BEFORE).then_types(CommitmentDated, CommitmentKept))
    assert (kept.state, kept.due, kept.dated_when_done) == ("kept", BEFORE, True)
    assert kept.margin == timedelta(0)


def test_edge_51__what_a_bot_promises_waits_for_an_owner():
    scene = after(OPENED, promise(), by=BOT)
    made = the(scene)
    assert (made.owner, made.said_by) == (None, "bot")
    assert made.timers[0] == Timer(name="owner_by", at=NOW + 30 * MINUTE, role="team")
    taken = the(scene.when(hand_over(owner="mai"), at=BEFORE).then_types(CommitmentHandedOver))
    assert taken.owner == "mai"
    assert [timer.name for timer in taken.timers] == ["rung-1", "due"]


def test_edge_52__a_part_done_and_the_rest_in_time_is_kept():
    scene = after(OPENED, promise(parts=3))
    partly = scene.when(keep_part(done=2), at=BEFORE)
    made = the(partly.then_types(CommitmentPartlyKept))
    assert (made.state, made.done, made.parts) == ("open", 2, 3)
    assert [timer.name for timer in made.timers] == ["rung-1", "due"]
    assert the(after(partly_of(scene), keep(), BEFORE)).state == "kept"


def partly_of(scene: Scene) -> Scene:
    return after(scene, keep_part(done=2), BEFORE)


def test_edge_52__the_due_passes_it_lapses_with_what_was_done_and_the_rest_is_late():
    scene = partly_of(after(OPENED, promise(parts=3)))
    came = scene.when(fell_due(), at=AFTER)
    came.then_types(CommitmentLapsed)
    (lapsed,) = came.events
    assert isinstance(lapsed, CommitmentLapsed)
    assert (lapsed.done, lapsed.of) == (2, 3)
    late = the(after(scene.and_then(lapsed), keep(), AFTER))
    assert late.state == "kept_late"


@pytest.mark.parametrize("done", [3, 4])
def test_keep_part__the_last_one_is_refused(done):
    partly_of(after(OPENED, promise(parts=3))).when(keep_part(done=done), at=BEFORE).then_rejected(
        Invalid, field="done"
    )


@pytest.mark.parametrize("done", [1, 2])
def test_keep_part__repeated(done):
    partly_of(after(OPENED, promise(parts=3))).when(keep_part(done=done), at=BEFORE).then_nothing()


WINDOW = {"not_before": DUE - HOUR}


def test_keep__before_its_window_is_too_early():
    scene = after(OPENED, promise(**WINDOW))
    scene.when(keep(), at=BEFORE).then_rejected(Invalid, field="occurred_at")
    scene.when(keep(), at=DUE - HOUR).then_types(CommitmentKept)


def test_keep__before_its_window_where_the_customer_agreed():
    scene = after(OPENED, promise(**WINDOW))
    scene.when(keep(evidence={"agreed_in": CALL}), at=BEFORE).then_types(CommitmentKept)


def test_reschedule__a_window_moves_along_with_its_end():
    moved = the(after(after(OPENED, promise(**WINDOW)), reschedule(told_in=CALL), BEFORE))
    assert moved.due is not None
    assert moved.not_before == moved.due - HOUR


def test_promise__a_window_that_ends_before_it_begins_is_refused():
    OPENED.when(promise(not_before=DUE)).then_rejected(Invalid, field="not_before")


@pytest.mark.parametrize(
    "fields", [{"due": None}, {"undated": True}, {"by_policy": "response"}, {**IF, "undated": True}]
)
def test_promise__says_when_in_exactly_one_way(fields):
    OPENED.when(promise(**fields)).then_rejected(Invalid, field="due")

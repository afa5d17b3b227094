"""Edge cases of dues, pauses and recomputation (edge-cases.md 12 to 22, 44), on the decider."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.case.commands import Reminder
from cases.due import ByEndOfDay, ByWallTime, Within, WithinBusiness, WithinMonths
from cases.setting import Setting
from events.catalogue import (
    CommitmentRecomputed,
    ExpectationSet,
    FollowUpPromised,
    WaitEnded,
)
from events.catalogue.terms import AfterSpan, AtEndOfDay, AtInstant, Span
from events.errors import Invalid, NotNow
from events.testing import LEAD, an_id
from worktime import tzdata_version

from .scene import (
    AIM,
    DESK,
    OPENED,
    TWO,
    Scene,
    after,
    end_wait,
    expectation,
    fell_due,
    keep,
    promise,
    recompute,
    reschedule,
    the,
    wait,
)

BERLIN_ZONE = ZoneInfo("Europe/Berlin")
NEWER = Setting(policy="desk@2", calendar="berlin@1", zone="Europe/Berlin")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN_ZONE)


MONDAY = "2026-11-02"
TUESDAY = "2026-11-03"
WEDNESDAY = "2026-11-04"


def next_contact(scene: Scene, at: datetime) -> Scene:
    return after(scene, promise(commitment=TWO, due=berlin("2026-12-01T10:00")), at)


def aims(at: datetime, **fields: object) -> Scene:
    """Return a case with an answer to give within eight business hours of `at`."""
    return next_contact(after(OPENED, promise(**AIM | fields), at), at)


def waiting(scene: Scene, at: datetime) -> Scene:
    return after(scene, wait(), at)


def resumed(scene: Scene, at: datetime) -> WaitEnded:
    came = scene.when(end_wait(), at=at)
    came.then_types(WaitEnded)
    (event,) = came.events
    assert isinstance(event, WaitEnded)
    return event


@pytest.mark.parametrize(
    ("said", "within", "due"),
    [
        ("2026-11-06T16:30", timedelta(hours=1), "2026-11-09T09:30"),
        ("2026-11-07T14:00", timedelta(hours=1), "2026-11-09T10:00"),
        ("2026-11-06T16:00", timedelta(hours=1), "2026-11-06T17:00"),
    ],
)
def test_edge_01__business_hours_are_counted_on_the_calendar_that_is_pinned(said, within, due):
    command = promise(due=WithinBusiness(within_business=within), setting=DESK)
    made = the(OPENED.when(command, at=berlin(said)).then_types(FollowUpPromised))
    assert made.due == berlin(due)
    assert (made.calendar, made.tzdata) == ("berlin@1", tzdata_version())


def test_edge_01__without_a_calendar_business_time_is_refused():
    command = promise(due=WithinBusiness(within_business=timedelta(hours=1)))
    OPENED.when(command).then_rejected(Invalid, field="due")


def other_law() -> FollowUpPromised:
    """Return a promise made when the zone's clocks were to stand an hour ahead of where they stand now."""
    made = OPENED.when(promise(due=ByWallTime(wall_time=datetime.fromisoformat("2026-11-02T10:00"))))
    (event,) = made.events
    assert isinstance(event, FollowUpPromised)
    assert event.due is not None
    hour = timedelta(hours=1)
    moved = tuple(timer.model_copy(update={"at": timer.at - hour}) for timer in event.timers)
    return event.model_copy(update={"due": event.due - hour, "timers": moved, "tzdata": "2025z"})


def test_edge_12__a_wall_time_moves_with_the_law_by_an_explicit_recomputation():
    scene = OPENED.and_then(other_law())
    came = scene.when(recompute(cause="tzdata"), by=LEAD)
    made = the(came.then_types(CommitmentRecomputed))
    (event,) = came.events
    assert isinstance(event, CommitmentRecomputed)
    assert (event.was, event.due) == (berlin("2026-11-02T09:00"), berlin("2026-11-02T10:00"))
    assert (event.cause, event.tzdata_was, event.tzdata) == ("tzdata", "2025z", tzdata_version())
    assert event.timers[-1].at == made.told_due == made.due
    assert scene.and_then(event).when(recompute(cause="tzdata"), by=LEAD).events == ()


def test_edge_12__a_real_duration_does_not_move():
    scene = after(OPENED, promise(due=Within(within=timedelta(hours=8))))
    scene.when(recompute(cause="tzdata"), by=LEAD).then_rejected(NotNow)


def test_edge_12__a_past_due_does_not_move():
    after_due = berlin("2026-11-02T10:30")
    OPENED.and_then(other_law()).when(recompute(cause="tzdata"), by=LEAD, at=after_due).then_rejected(NotNow)


@pytest.mark.parametrize(("day", "berlin_shows"), [("2026-07-01", "10:00"), ("2026-01-14", "09:00")])
def test_edge_13__the_end_of_the_customers_day(day, berlin_shows):
    command = expectation(due=ByEndOfDay(end_of_day="customer"), setting=DESK)
    made = the(in_tokyo().when(command, at=berlin(f"{day}T03:00")).then_types(ExpectationSet))
    assert made.due is not None
    assert made.due.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%H:%M") == "17:00"
    assert made.due.astimezone(BERLIN_ZONE).strftime("%H:%M") == berlin_shows
    assert isinstance(made.rule, AtEndOfDay)
    assert (made.rule.customer_zone, made.rule.team_zone) == ("Asia/Tokyo", "Europe/Berlin")


def in_tokyo() -> Scene:
    assert OPENED.state is not None
    return Scene(OPENED.decider, replace(OPENED.state, zone="Asia/Tokyo"))


@pytest.mark.parametrize("said", ["2026-07-01T10:30", "2026-07-04T03:00"])
def test_edge_13__after_it_or_on_a_closed_day_the_next_one_is_named(said):
    command = expectation(due=ByEndOfDay(end_of_day="customer"), setting=DESK)
    rejected = in_tokyo().when(command, at=berlin(said)).then_rejected(Invalid, field="due")
    assert "17:00" in str(rejected)
    assert "Asia/Tokyo" in str(rejected)


def test_edge_13__the_end_of_a_day_that_is_named():
    command = expectation(due=ByEndOfDay(end_of_day="team", day=date(2026, 11, 6)), setting=DESK)
    made = the(OPENED.when(command, at=berlin(f"{MONDAY}T12:00")).then_types(ExpectationSet))
    assert made.due == berlin("2026-11-06T17:00")


@pytest.mark.parametrize(
    ("said", "months", "due"),
    [
        ("2027-01-31T10:15", 1, "2027-02-28T10:15"),
        ("2028-01-31T10:15", 1, "2028-02-29T10:15"),
        ("2028-02-29T10:15", 12, "2029-02-28T10:15"),
    ],
)
def test_edge_14__months_and_years_clip_to_the_last_day(said, months, due):
    command = promise(due=WithinMonths(months=months))
    made = the(OPENED.when(command, at=berlin(said)).then_types(FollowUpPromised))
    assert made.due == berlin(due)
    assert made.rule == AfterSpan(span=Span(unit="months", count=months), zone="Europe/Berlin")


def test_edge_15__a_wait_moves_an_aim_by_the_open_time_that_was_left():
    scene = waiting(aims(berlin(f"{MONDAY}T09:00")), berlin(f"{MONDAY}T11:00"))
    ended = resumed(scene, berlin(f"{TUESDAY}T10:00"))
    assert [each.due for each in ended.resumed] == [berlin(f"{TUESDAY}T16:00")]
    assert ended.resumed[0].timers[-1].at == berlin(f"{TUESDAY}T16:00")


def test_edge_16__a_wait_outside_hours_moves_no_aim_in_business_time():
    scene = aims(berlin("2026-11-06T12:00"))
    before = the(scene).due
    ended = resumed(waiting(scene, berlin("2026-11-06T18:00")), berlin("2026-11-09T08:00"))
    assert [each.due for each in ended.resumed] == [before]


def test_edge_16__an_aim_in_real_hours_moves():
    made = promise(basis="policy", due=Within(within=timedelta(hours=24)))
    scene = next_contact(after(OPENED, made, berlin("2026-11-06T16:30")), berlin("2026-11-06T16:30"))
    ended = resumed(waiting(scene, berlin("2026-11-06T18:00")), berlin("2026-11-09T08:00"))
    assert [each.due for each in ended.resumed] == [berlin("2026-11-10T06:30")]


def test_edge_17__waiting_twice_and_resuming_without_a_wait_change_nothing():
    scene = waiting(aims(berlin(f"{MONDAY}T09:00")), berlin(f"{MONDAY}T11:00"))
    scene.when(wait(wait=an_id("another wait")), at=berlin(f"{MONDAY}T11:05")).then_nothing()
    aims(berlin(f"{MONDAY}T09:00")).when(end_wait(), at=berlin(f"{MONDAY}T11:00")).then_nothing()


def test_edge_17__two_short_waits_lose_no_time():
    scene = aims(berlin(f"{MONDAY}T09:00"))
    at = berlin(f"{MONDAY}T11:00")
    moments = [at + timedelta(seconds=seconds) for seconds in (0, 7, 13, 41)]
    kinds = []
    for number, moment in enumerate(moments):
        command = end_wait() if number % 2 else wait(wait=an_id(f"wait {number}"))
        came = scene.when(command, at=moment)
        scene = scene.and_then(*came.events)
        kinds += [type(event).__name__ for event in came.events]
    assert kinds == ["WaitingOnCustomer", "WaitEnded"] * 2
    assert the(scene).due == berlin(f"{TUESDAY}T09:00:35")


def test_edge_18__an_aim_does_not_lapse_while_it_waits():
    scene = waiting(aims(berlin(f"{MONDAY}T09:00"), setting=NEWER), berlin(f"{MONDAY}T12:00"))
    due = the(scene).due
    assert due == berlin(f"{MONDAY}T13:00")
    scene.when(fell_due(due=due), at=berlin(f"{MONDAY}T13:00")).then_nothing()
    ended = resumed(scene, berlin(f"{TUESDAY}T10:00"))
    assert [each.due for each in ended.resumed] == [berlin(f"{TUESDAY}T11:00")]


@pytest.mark.parametrize("basis", ["said", "internal"])
def test_edge_18__what_was_said_lapses_while_we_wait(basis):
    said = {"due": WithinBusiness(within_business=timedelta(hours=4)), "setting": DESK, "basis": basis}
    scene = next_contact(OPENED, berlin(f"{MONDAY}T09:00"))
    parent = {"parent": TWO} if basis == "internal" else {}
    scene = waiting(
        after(scene, promise(**said | parent), berlin(f"{MONDAY}T09:00")), berlin(f"{MONDAY}T12:00")
    )
    assert the(scene).state == "open"
    due = berlin(f"{MONDAY}T13:00")
    lapsed = scene.when(fell_due(due=due), at=due + timedelta(seconds=1))
    assert the(lapsed.then_types("CommitmentLapsed")).lapsed_at == due


def test_edge_18__kept_while_waiting_is_kept():
    scene = waiting(aims(berlin(f"{MONDAY}T09:00")), berlin(f"{MONDAY}T12:00"))
    kept = the(scene.when(keep(), at=berlin("2026-11-20T12:00")).then_types("CommitmentKept"))
    assert (kept.state, kept.margin) == ("kept", berlin(f"{MONDAY}T17:00") - berlin(f"{MONDAY}T12:00"))


def test_edge_19__a_new_version_changes_nothing_until_it_is_recomputed():
    scene = waiting(aims(berlin(f"{MONDAY}T09:00")), berlin(f"{MONDAY}T12:00"))
    ended = resumed(scene, berlin(f"{WEDNESDAY}T12:00"))
    assert [each.due for each in ended.resumed] == [berlin(f"{WEDNESDAY}T17:00")]
    going_on = scene.and_then(ended)
    came = going_on.when(recompute(setting=NEWER), at=berlin(f"{WEDNESDAY}T12:00"), by=LEAD)
    made = the(came.then_types(CommitmentRecomputed))
    assert made.due == berlin(f"{WEDNESDAY}T13:00")
    assert (made.policy, made.timers[-1].at) == ("desk@2", made.due)


def test_edge_19__where_nothing_would_be_left_it_is_refused():
    scene = aims(berlin(f"{MONDAY}T09:00"))
    late = scene.when(recompute(setting=NEWER), at=berlin(f"{MONDAY}T14:00"), by=LEAD)
    late.then_rejected(Invalid, field="cause")


def test_edge_20__a_verdict_is_never_recomputed():
    scene = after(aims(berlin(f"{MONDAY}T09:00"), setting=NEWER), keep(), berlin(f"{MONDAY}T11:30"))
    scene.when(recompute(setting=NEWER), at=berlin(f"{MONDAY}T15:00"), by=LEAD).then_rejected(NotNow)
    assert the(scene).state == "kept"


def test_edge_21__a_holiday_added_later_moves_an_aim_by_recomputation_only():
    scene = aims(berlin("2026-11-06T12:00"))
    assert the(scene).due == berlin("2026-11-09T12:00")
    newer = Setting(policy="desk@1", calendar="berlin@2", zone="Europe/Berlin")
    command = recompute(cause="calendar", setting=newer)
    made = the(scene.when(command, at=berlin("2026-11-06T13:00"), by=LEAD).then_types(CommitmentRecomputed))
    assert (made.due, made.calendar) == (berlin("2026-11-10T12:00"), "berlin@2")


def test_edge_21__what_was_said_moves_by_a_reschedule_only():
    said = promise(due=WithinBusiness(within_business=timedelta(hours=8)), setting=DESK)
    scene = after(OPENED, said, berlin("2026-11-06T12:00"))
    newer = Setting(policy="desk@1", calendar="berlin@2", zone="Europe/Berlin")
    command = recompute(cause="calendar", setting=newer)
    scene.when(command, at=berlin("2026-11-06T13:00"), by=LEAD).then_rejected(NotNow)
    moved = reschedule(due=berlin("2026-11-10T12:00"))
    scene.when(moved, at=berlin("2026-11-06T13:00")).then_types("CommitmentRescheduled")


def test_edge_22__a_due_set_by_hand_stays_whatever_becomes_of_the_case():
    due = berlin("2026-11-10T12:00")
    scene = after(OPENED, promise(basis="policy", due=due, setting=DESK), berlin(f"{MONDAY}T09:00"))
    assert scene.state is not None
    raised = Scene(scene.decider, replace(scene.state, priority="urgent"))
    raised.when(recompute(setting=NEWER), at=berlin(f"{MONDAY}T10:00"), by=LEAD).then_rejected(NotNow)
    made = the(raised)
    assert (made.due, made.rule) == (due, AtInstant(at=due))


@pytest.mark.parametrize(
    ("made", "due", "planned"),
    [
        (f"{MONDAY}T20:00", f"{TUESDAY}T08:00", f"{MONDAY}T21:59"),
        (f"{MONDAY}T23:00", f"{TUESDAY}T08:00", f"{TUESDAY}T07:00"),
        (f"{MONDAY}T23:00", f"{TUESDAY}T06:30", f"{TUESDAY}T04:30"),
        (f"{MONDAY}T20:00", f"{TUESDAY}T12:00", f"{TUESDAY}T10:00"),
    ],
)
def test_edge_44__quiet_hours_move_a_rung(made, due, planned):
    ladder = (Reminder(lead=timedelta(hours=2)),)
    setting = Setting(policy="quiet@1", calendar="berlin@1", zone="Europe/Berlin")
    command = promise(due=berlin(due), reminders=ladder, setting=setting)
    promised = the(OPENED.when(command, at=berlin(made)).then_types(FollowUpPromised))
    assert [timer.at for timer in promised.timers] == [berlin(planned), berlin(due)]

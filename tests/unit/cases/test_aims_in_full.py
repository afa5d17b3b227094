"""Aims of a policy: of which case, on whose wall, with which buffer (commitment.md §1, §5.2)."""

from datetime import timedelta

import pytest

from cases.book import Book
from cases.case import decider
from cases.due import Within, WithinMonths
from cases.policy import DEFAULT, Policy
from cases.setting import Setting
from events.catalogue import PolicyPublished
from events.catalogue.policies import Aim, Line, When
from events.catalogue.terms import ByPolicy, Span
from events.errors import Invalid
from events.testing import LEAD, NOW, given

from .scene import AIM, BEFORE, DESK, DUE, HOUR, OPENED, Scene, after, opening, promise, recompute, the
from .test_edges_clocks import berlin


def under(aim: Aim, *lines: Line, **case: object) -> Scene:
    """Return a case under a policy `p@1` with this aim of a response."""
    says = DEFAULT.says.model_copy(update={"response": aim})
    published = Policy.of(PolicyPublished(name="p", version=1, says=says, lines=lines))
    return after(given(decider(Book({}, {"p@1": published}))), opening(**case))


IN_TOKYO = AIM | {"setting": Setting(policy="p@1", zone="Asia/Tokyo")}


@pytest.mark.parametrize("how", [IN_TOKYO, IN_TOKYO | {"by_policy": None, "due": WithinMonths(months=1)}])
def test_months__are_counted_on_the_customers_wall_and_not_on_the_teams(how):
    at = berlin("2026-01-30T20:00")
    made = the(after(under(Aim(within=Span(unit="months", count=1))), promise(**how), at))
    assert (made.due, made.warnings) == (berlin("2026-02-28T20:00"), ())


@pytest.mark.parametrize("business", ["within", "buffer"])
def test_by_policy__business_time_without_hours_names_the_field(business):
    spans = {"within": Span(lasts=HOUR), "buffer": Span(lasts=HOUR)}
    aim = Aim(**spans | {business: Span(unit="business", lasts=HOUR)})
    under(aim).when(promise(**IN_TOKYO)).then_rejected(Invalid, field="by_policy")


def test_by_policy__of_no_time_at_all_or_said_ahead_is_refused():
    at_once = under(Aim(within=Span(lasts=timedelta(0))))
    at_once.when(promise(**IN_TOKYO)).then_rejected(Invalid, field="by_policy")
    ahead = promise(**IN_TOKYO, backfill=True, said_at=NOW + timedelta(days=1))
    at_once.when(ahead).then_rejected(Invalid, field="said_at")


@pytest.mark.parametrize(("kind", "hours"), [("complaint", 2), ("support", 8)])
def test_by_policy__as_its_lines_say_of_this_kind_of_case(kind, hours):
    line = Line(when=When(kind=("complaint",)), response=Aim(within=Span(lasts=2 * HOUR)))
    scene = under(Aim(within=Span(lasts=8 * HOUR)), line, kind=kind)
    assert the(after(scene, promise(**IN_TOKYO))).due == NOW + hours * HOUR


@pytest.mark.parametrize(("version", "buffer"), [("desk@1", None), ("desk@3", Span(lasts=HOUR))])
def test_by_policy__the_buffer_is_in_the_rule_where_it_is_announced(version, buffer):
    setting = Setting(policy=version, calendar="berlin@1", zone="Europe/Berlin")
    made = the(after(OPENED, promise(**AIM | {"setting": setting})))
    assert made.rule == ByPolicy(aim="response", span=Span(unit="business", lasts=8 * HOUR), buffer=buffer)


def test_backfill__of_what_was_done_before_its_due_or_is_due_just_now():
    done = the(after(OPENED, promise(backfill=True, kept_at=NOW)))
    assert (done.state, done.due, done.margin) == ("kept", DUE, DUE - NOW)
    assert the(after(OPENED, promise(backfill=True, due=NOW))).state == "lapsed"


def test_recompute__where_all_of_it_is_used_the_next_opening_gives_no_more():
    scene = after(OPENED, promise(**AIM), berlin("2026-11-02T13:00"))
    late = scene.when(recompute(), at=berlin("2026-11-02T18:00"), by=LEAD)
    late.then_rejected(Invalid, field="cause")


def test_recompute__a_real_duration_of_our_own_goes_on_by_the_newer_calendar():
    scene = after(OPENED, promise(basis="policy", due=Within(within=8 * HOUR), setting=DESK))
    newer = Setting(policy="desk@1", calendar="berlin@2", zone="Europe/Berlin")
    moved = the(after(scene, recompute(cause="calendar", setting=newer), BEFORE, LEAD))
    assert (moved.due, moved.calendar, moved.revision) == (DUE, "berlin@2", 2)

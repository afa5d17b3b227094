"""As people say it, and as it is counted: forms, fields, and whose wall it is (commitment.md §5.2)."""

from datetime import timedelta

import pytest

from cases.aim import Measure, aimed
from cases.due import ByEndOfDay, WithinBusiness, WithinDays
from cases.setting import Setting
from cases.span import after as counted_on
from cases.span import onward
from events.catalogue import CommitmentRecomputed, FollowUpPromised
from events.catalogue.policies import Aim
from events.catalogue.terms import Span
from events.errors import Invalid
from events.testing import LEAD, NOW
from worktime import Calendar

from .scene import (
    BERLIN,
    DESK,
    HOUR,
    OPENED,
    after,
    end_wait,
    promise,
    recompute,
    the,
    wait,
)
from .test_edges_clocks import berlin, next_contact

ONCE = Calendar.parse({"tz": "UTC", "weekly": {}, "date_hours": {"2026-03-02": [["09:00", "17:00"]]}})
TOKYO = Setting(policy="desk@1", calendar="berlin@1", zone="Asia/Tokyo")


@pytest.mark.parametrize(("whose", "due"), [("team", "2026-11-02T09:00"), ("customer", "2026-11-02T17:00")])
def test_end_of_day__is_read_anew_on_the_wall_of_the_one_whose_day_it_is(whose, due):
    said = promise(due=ByEndOfDay(end_of_day=whose), setting=TOKYO)
    (event,) = OPENED.when(said, at=berlin("2026-11-02T04:00")).events
    assert isinstance(event, FollowUpPromised)
    assert event.due == berlin(due)
    other_law = OPENED.and_then(event.model_copy(update={"due": berlin(due) - HOUR}))
    came = other_law.when(recompute(cause="tzdata"), at=berlin("2026-11-02T05:00"), by=LEAD)
    assert the(came.then_types(CommitmentRecomputed)).due == berlin(due)


def test_business_days__go_on_to_an_open_instant_and_business_hours_to_the_closing():
    at = berlin("2026-11-02T16:00")
    for said, due in (
        (WithinDays(business_days=1), berlin("2026-11-04T09:00")),
        (WithinBusiness(within_business=8 * HOUR), berlin("2026-11-03T17:00")),
    ):
        scene = next_contact(after(OPENED, promise(basis="policy", due=said, setting=DESK), at), at)
        scene = after(after(scene, wait(), at), end_wait(), berlin("2026-11-03T09:00"))
        assert the(scene).due == due


def test_counted__beyond_every_date_or_all_hours_names_the_field():
    for span in (Span(lasts=timedelta.max), Span(unit="business", lasts=9 * HOUR)):
        with pytest.raises(Invalid) as refused:
            counted_on(span, NOW, zone="UTC", calendar=ONCE, field="series")
        assert refused.value.field == "series"
    with pytest.raises(Invalid) as refused:
        onward(NOW, 9 * HOUR, Span(unit="business"), ONCE)
    assert refused.value.field == "due"


def test_aimed__is_told_on_the_wall_of_the_calendar_with_its_version_where_it_has_one():
    aim = Aim(within=Span(unit="business", lasts=HOUR))
    (step,) = aimed(aim, berlin("2026-11-02T09:00"), Measure("Asia/Manila", BERLIN)).steps
    assert step == "Mon 2 Nov 2026 09:00 → 1 business h → Mon 2 Nov 2026 10:00 (Europe/Berlin)."

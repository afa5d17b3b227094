"""A dry run says what would be promised, who would be reminded when, and why."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cases.aim import Measure
from cases.policy import DEFAULT, POLICY, Policy
from cases.preview import Foreseen, Occasion, PreviewPolicy, preview
from events.testing import LEAD, given
from worktime import Calendar

from .policies import policy, within

WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
BERLIN = Measure("Europe/Berlin", Calendar.parse({"tz": "Europe/Berlin", "weekly": WEEK}), "berlin@1")
NIGHT = {"begins": "22:00", "ends": "07:00"}
LEADS = [{"lead": "PT2H"}]


def at(wall: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{wall}+01:00")


def held(**said: Any) -> Policy:
    return Policy.of(given(POLICY).when(policy(**{"calendar": "berlin", **said}), by=LEAD).events[0])


def foreseen(made: Policy, when: str, **asked: Any) -> Foreseen:
    (found,) = preview(made, Occasion(PreviewPolicy(**asked), at(when), BERLIN, "Europe/Berlin")).foreseen
    return found


def test_preview__of_the_built_in_policy_aims_at_nothing():
    seen = preview(DEFAULT, Occasion(PreviewPolicy(), at("06T16:30"), BERLIN, "Europe/Berlin"))
    assert (seen.hypothetical, seen.policy, seen.foreseen) == (True, "default@1", ())
    assert seen.why == ("It aims at nothing here: a promise is due when somebody says so.",)


def test_preview__says_which_lines_match():
    lines = [
        {"when": {"kind": ["complaint"]}, "response": within("PT4H")},
        {"when": {"channel": ["chat"]}, "response": within("PT2H")},
    ]
    made = held(says={"response": within("P1D")}, lines=lines)
    asked = PreviewPolicy(kind="complaint", channel="chat")
    seen = preview(made, Occasion(asked, at("06T16:30"), BERLIN, "Europe/Berlin"))
    assert seen.lines == (0, 1)
    assert [why.split(",")[0] for why in seen.why] == ["Line 1", "Line 2"]
    assert seen.foreseen[0].due == at("06T18:30")


def test_preview__an_announced_aim_is_promised_with_its_buffer():
    aim = within("PT1H", "business", buffer={"unit": "business", "lasts": "PT1H"})
    said = {"response": aim, "ladder": [{"share": 0.5}]}
    announced = foreseen(held(says={**said, "announced": True}), "06T16:30")
    assert (announced.target, announced.due) == (at("09T09:30"), at("09T10:30"))
    aimed_at = foreseen(held(says=said), "06T16:30")
    assert (aimed_at.target, aimed_at.due) == (at("09T09:30"), at("09T09:30"))
    assert "the buffer does not count" in aimed_at.steps[1]


@pytest.mark.parametrize(
    ("made", "lasts", "planned", "said"),
    [
        ("09T20:00", "PT12H", "09T21:59", "in the quiet hours 22:00 to 07:00 → Mon 9 Nov 2026 21:59."),
        ("09T23:00", "PT9H", "10T07:00", "in the quiet hours 22:00 to 07:00 → Tue 10 Nov 2026 07:00."),
        ("09T23:00", "PT7H30M", "10T04:30", "2 h before → Tue 10 Nov 2026 04:30 (Europe/Berlin)."),
        ("09T08:00", "PT8H", "09T14:00", "2 h before → Mon 9 Nov 2026 14:00 (Europe/Berlin)."),
    ],
)
def test_edge_44__reminders_move_out_of_quiet_hours_and_it_says_so(made, lasts, planned, said):
    seen = foreseen(held(says={"response": within(lasts), "ladder": LEADS, "quiet": NIGHT}), made)
    assert [(each.name, each.at) for each in seen.reminders] == [("rung-1", at(planned))]
    assert said in seen.steps[1]


@pytest.mark.parametrize(("short", "reminded"), [("remind", [True]), ("skip", [])])
def test_edge_28__short_notice_is_told(short, reminded):
    says = {"response": within("PT2H", "business"), "ladder": LEADS[:1], "short_notice": short}
    ladder = [{"lead": "PT3H"}, {"lead": "PT1H30M", "role": "team"}]
    made = Policy("x@1", held(says={**says, "ladder": ladder}).says)
    seen = foreseen(made, "09T10:00")
    assert [each.short_notice for each in seen.reminders if each.short_notice] == reminded
    assert seen.steps[1].endswith("which is past.")
    assert "1 of 2 reminders would lie in the past" in seen.steps[-1]


def test_preview__business_leads_are_counted_on_the_calendar():
    says = {"response": within("PT9H", "business"), "ladder": [{"lead": "PT2H", "unit": "business"}]}
    seen = foreseen(held(says=says), "06T09:00")
    assert (seen.due, seen.reminders[0].at) == (at("09T10:00"), at("06T16:00"))
    assert "2 business h before → Fri 6 Nov 2026 16:00" in seen.steps[1]


def test_preview__warns_as_a_promise_would():
    seen = foreseen(held(says={"response": within("PT8H")}), "06T16:30", needed_by=at("06T18:00"))
    assert [each.kind for each in seen.warnings] == ["later_than_needed", "outside_hours"]


@pytest.mark.parametrize(
    ("hours", "would"), [("PT4H", "have been kept"), ("PT2H30M", "have been kept"), ("PT2H", "have lapsed")]
)
def test_edge_20__what_if_the_policy_had_been_another(hours, would):
    made = held(says={"response": within(hours)})
    seen = foreseen(made, "09T09:00", kept_at=datetime(2026, 11, 9, 10, 30, tzinfo=UTC))
    assert seen.would == would
    assert foreseen(made, "09T09:00").would is None

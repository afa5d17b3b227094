"""Policies are published version after version; lines go over what is said for all."""

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given as sample
from hypothesis import strategies as st
from pydantic import ValidationError

from cases.policy import DEFAULT, POLICY, About, Policy
from cases.policy.decide import versions
from cases.policy.default import BUILT_IN
from events.catalogue.terms import Quiet, Rung, Terms
from events.decider import Actor
from events.errors import Forbidden
from events.service.problems import fields
from events.testing import LEAD, given

from .policies import policy, within

HOUR = timedelta(hours=1)
LINES = [
    {"when": {"kind": ["complaint"]}, "response": within("PT2H")},
    {"when": {"kind": ["complaint"], "channel": ["chat"]}, "response": within("PT90M"), "quiet": "none"},
    {"when": {"segment": ["gold"]}, "ladder": [{"share": 0.5}]},
]


def held(**said: Any) -> Policy:
    return Policy.of(given(POLICY).when(policy(**said), by=LEAD).events[0])


def test_publish__recorded_whole():
    made = given(POLICY).when(policy(says={"response": within("P1D")}), by=LEAD).events[0]
    assert (made.name, made.version) == ("desk", 1)
    assert made.says.ladder == BUILT_IN.says.ladder
    assert all(value is not None for name, value in made.says if name not in {"outcome", "cadence"})


def test_publish__repeated_writes_nothing():
    once = given(POLICY).when(policy(lines=LINES), by=LEAD)
    given(POLICY, *once.events).when(policy(lines=LINES), by=LEAD).then_nothing()


def test_publish__changed_makes_the_next_version():
    once = given(POLICY).when(policy(), by=LEAD)
    after = given(POLICY, *once.events).when(policy(says={"short_notice": "skip"}), by=LEAD).after
    assert [(each.version, each.says.short_notice) for each in after] == [(1, "remind"), (2, "skip")]


def test_publish_default__is_the_second_version():
    made = given(POLICY).when(policy(name="default", says={"short_notice": "skip"}), by=LEAD)
    assert [each.version for each in made.events] == [2]
    given(POLICY, *made.events).when(
        policy(name="default", says={"short_notice": "skip"}), by=LEAD
    ).then_nothing()


def test_publish_default__as_it_is_built_in_writes_nothing():
    given(POLICY).when(policy(name="default"), by=LEAD).then_nothing()


@pytest.mark.parametrize("role", ["agent", "analyst"])
def test_publish__by_others_is_rejected(role):
    given(POLICY).when(policy(), by=Actor("x", frozenset({role}))).then_rejected(Forbidden)


def test_default__keeps_its_meaning():
    about = About("complaint", "urgent", "gold", "chat")
    assert DEFAULT.ref == "default@1"
    assert DEFAULT.terms(about, zone="Asia/Manila") == Terms(ladder=(Rung(lead=HOUR),))
    says = DEFAULT.saying(about)
    assert (says.response, says.outcome, says.announced) == (None, None, False)


@pytest.mark.parametrize(
    ("about", "lines", "response"),
    [
        (About(), (), 4),
        (About("complaint"), (0,), 2),
        (About("complaint", channel="chat"), (0, 1), 1.5),
        (About(segment="gold"), (2,), 4),
        (About("complaint", "urgent", "gold", "chat"), (0, 1, 2), 1.5),
    ],
)
def test_saying__later_lines_go_over_earlier_ones(about, lines, response):
    desk = held(says={"response": within("PT4H"), "quiet": {"begins": "22:00", "ends": "07:00"}}, lines=LINES)
    effect = desk.effect(about)
    assert effect.lines == lines
    assert effect.says.response is not None
    assert effect.says.response.within.lasts == response * HOUR
    assert effect.says == desk.saying(about)


def test_saying__a_line_says_why():
    desk = held(lines=LINES[1:2])
    why = desk.effect(About("complaint", channel="chat")).why
    assert why == ("Line 1, for kind complaint, channel chat, says response, quiet.",)


def test_terms__quiet_hours_are_on_the_walls_of_the_team():
    desk = held(says={"quiet": {"begins": "22:00", "ends": "07:00"}, "attempt_keeps": 2}, lines=LINES)
    terms = desk.terms(About(), zone="Asia/Manila")
    assert terms.quiet == Quiet(begins=time(22), ends=time(7), zone="Asia/Manila")
    assert terms.attempt_keeps == 2
    assert desk.terms(About("complaint", channel="chat"), zone="Asia/Manila").quiet is None


RUNG = {"lead": "PT1H"}


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"ladder": [{"share": 1.0}]}, "ladder.0.share"),
        ({"ladder": [{"share": 0.0}]}, "ladder.0.share"),
        ({"ladder": [{"lead": "PT0S"}]}, "ladder.0.lead"),
        ({"ladder": [{"lead": "-PT1H"}]}, "ladder.0.lead"),
        ({"ladder": [{"lead": "P366D"}]}, "ladder.0.lead"),
        ({"ladder": [{"role": "owner"}]}, "ladder.0"),
        ({"ladder": [{"lead": "PT1H", "share": 0.5}]}, "ladder.0"),
        ({"ladder": [{"share": 0.5, "unit": "business"}]}, "ladder.0"),
        ({"ladder": [{"lead": f"PT{n}H"} for n in range(1, 12)]}, "ladder"),
        ({"ladder": [{"lead": "PT1H", "role": "chief"}]}, "ladder.0.role"),
        ({"quiet": {"begins": "22:00", "ends": "22:00"}}, "quiet"),
        ({"quiet": {"begins": "00:00", "ends": "23:30"}}, "quiet"),
        ({"quiet": {"begins": "22:00", "ends": "24:00"}}, "quiet.ends"),
        ({"response": within("PT0S")}, "response.within.lasts"),
        ({"response": within("PT8H", buffer={"lasts": "-PT1H"})}, "response.buffer.lasts"),
        ({"response": {"within": {"unit": "business_days", "lasts": "PT8H"}}}, "response.within"),
        ({"response": {"within": {"unit": "months", "count": 0}}}, "response.within.count"),
        ({"response": {"within": {}}}, "response.within"),
        ({"cadence": {"every": {"lasts": "PT0S"}}}, "cadence.every.lasts"),
        ({"ack_timeout": "PT0S"}, "ack_timeout"),
        ({"review": "PT0S"}, "review"),
        ({"owner_by": "PT0S"}, "owner_by"),
        ({"digest": "P2D"}, "digest"),
        ({"lapse_reasons": []}, "lapse_reasons"),
        ({"lapse_reasons": ["late", "late"]}, "lapse_reasons"),
        ({"lapse_reasons": ["It was late"]}, "lapse_reasons.0"),
        ({"attempt_keeps": 0}, "attempt_keeps"),
        ({"attempt_keeps": True}, "attempt_keeps"),
        ({"attempt_keeps": "always"}, "attempt_keeps"),
        ({"pauses": ["customer", "customer"]}, "pauses"),
        ({"reminders": [RUNG]}, "reminders"),
    ],
)
def test_publish__what_no_policy_can_say_is_refused_naming_the_field(says, field):
    with pytest.raises(ValidationError) as refused:
        policy(says=says)
    places = [place for place, _ in fields(refused.value.errors())]
    assert any(place.startswith(f"says.{field}") for place in places), places


@pytest.mark.parametrize(
    "line",
    [
        {"response": within("PT1H")},
        {"when": {}, "response": within("PT1H")},
        {"when": {"kind": ["quarrel"]}},
        {"when": {"channel": ["fax"]}},
        {"when": {"weather": ["rain"]}},
    ],
)
def test_publish__a_line_for_nothing_known_is_refused(line):
    with pytest.raises(ValidationError):
        policy(lines=[line])


@sample(
    st.sampled_from(["desk", "default"]),
    st.lists(
        st.sampled_from([{}, {"short_notice": "skip"}, {"ladder": []}, {"attempt_keeps": 3}]), max_size=8
    ),
)
def test_publish__each_change_is_one_version_more_and_a_repeat_is_none(name, sayings):
    scene = given(POLICY)
    for says in sayings:
        scene = scene.and_then(*scene.when(policy(name=name, says=says), by=LEAD).events)
        known = versions(name, scene.state)
        assert [each.version for each in known] == list(range(1, len(known) + 1))
        assert known[-1].says.short_notice == says.get("short_notice", "remind")
        scene.when(policy(name=name, says=says), by=LEAD).then_nothing()

"""A policy that contradicts itself is refused with the field and the reason."""

from time import perf_counter
from typing import Any

import pytest

from cases.policy import POLICY
from events.errors import Invalid
from events.testing import LEAD, given

from .policies import policy, within

COMPLAINT = {"when": {"kind": ["complaint"]}}
GOLD = {"when": {"segment": ["gold"]}}
CHAT = {"when": {"channel": ["chat"]}}


def leads(*rungs: tuple[str, str], unit: str = "real") -> list[dict[str, Any]]:
    return [{"lead": lead, "role": role, "unit": unit} for lead, role in rungs]


def shares(*rungs: tuple[float, str]) -> list[dict[str, Any]]:
    return [{"share": share, "role": role} for share, role in rungs]


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"says": {"ladder": leads(("PT2H", "owner"), ("PT2H", "owner"))}}, "says.ladder.1", "twice"),
        ({"says": {"ladder": leads(("PT2H", "manager"), ("PT1H", "owner"))}}, "says.ladder.1.role", "climbs"),
        ({"says": {"ladder": leads(("PT1H", "team"), ("PT2H", "lead"))}}, "says.ladder.0.role", "climbs"),
        ({"says": {"ladder": shares((0.9, "owner"), (0.5, "lead"))}}, "says.ladder.0.role", "climbs"),
        (
            {"lines": [{**GOLD, "ladder": shares((0.5, "lead"), (0.8, "team"))}]},
            "lines.0.ladder.1.role",
            "climbs",
        ),
        (
            {
                "calendar": "x",
                "says": {"ladder": leads(("PT2H", "lead"), ("PT1H", "owner"), unit="business")},
            },
            "says.ladder.1.role",
            "climbs",
        ),
        ({"says": {"response": within("PT8H", "business")}}, "says.response.within", "calendar"),
        (
            {"says": {"outcome": within("PT8H", buffer={"unit": "business_days", "count": 1})}},
            "says.outcome.buffer",
            "calendar",
        ),
        ({"says": {"ladder": leads(("PT2H", "owner"), unit="business")}}, "says.ladder.0", "calendar"),
        (
            {"says": {"cadence": {"every": {"unit": "business_days", "count": 2}}}},
            "says.cadence.every",
            "calendar",
        ),
        (
            {"lines": [{**CHAT, "response": within("PT8H", "business")}]},
            "lines.0.response.within",
            "calendar",
        ),
        ({"says": {"response": within("PT1H")}}, "says.ladder.0.lead", "says.response"),
        (
            {"says": {"response": within("PT30M", buffer={"lasts": "PT30M"})}},
            "says.ladder.0.lead",
            "no shorter",
        ),
        (
            {"says": {"outcome": within("P1D")}, "lines": [{**GOLD, "outcome": within("PT1H")}]},
            "says.ladder.0.lead",
            "lines.0.outcome",
        ),
        (
            {
                "calendar": "x",
                "says": {
                    "response": within("PT2H", "business"),
                    "ladder": leads(("PT2H", "owner"), unit="business"),
                },
            },
            "says.ladder.0.lead",
            "no shorter",
        ),
        (
            {"says": {"response": within("P1D")}, "lines": [{**COMPLAINT, "response": within("P2D")}]},
            "lines.0.response",
            "complaints come first",
        ),
        (
            {"lines": [{"when": {"kind": ["enquiry"]}, "response": within("P1D")}]},
            "lines.0.response",
            "complaints",
        ),
        (
            {
                "says": {"response": within("P1D")},
                "lines": [{**GOLD, "short_notice": "skip"}, {**COMPLAINT, "response": within("P2D")}],
            },
            "lines.1.response",
            "complaints come first",
        ),
        (
            {
                "says": {"outcome": within("P2D")},
                "lines": [{"when": {"kind": ["warranty"], "priority": ["high"]}, "outcome": within("P1D")}],
            },
            "says.outcome",
            "warranty",
        ),
        (
            {
                "says": {"response": within("P3D")},
                "lines": [
                    {**COMPLAINT, "response": within("P1D")},
                    {"when": {"kind": ["complaint"], "segment": ["bronze"]}, "response": within("P2D")},
                ],
            },
            "lines.1.response",
            "bronze",
        ),
    ],
)
def test_publish__a_contradiction_is_refused(said, field, reason):
    rejection = given(POLICY).when(policy(**said), by=LEAD).then_rejected(Invalid, field=field)
    assert reason in str(rejection)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"says": {"ladder": []}},
        {"says": {"ladder": leads(("PT1H", "owner"), ("PT2H", "owner"))}},
        {"says": {"ladder": leads(("PT1H", "owner"), ("PT1H", "lead"))}},
        {"says": {"ladder": [*leads(("PT1H", "lead")), *shares((0.9, "owner"))]}},
        {"says": {"response": within("PT1H"), "ladder": shares((0.5, "owner"))}},
        {"says": {"response": within("PT61M")}},
        {"calendar": "x", "says": {"response": within("PT1H", "business")}},
        {"says": {"response": within("P1D")}, "lines": [{**COMPLAINT, "response": within("P1D")}]},
        {"says": {"response": within("P1D")}, "lines": [{**GOLD, "response": within("PT8H")}]},
        {"lines": [{**GOLD, "response": within("P2D")}, {**COMPLAINT, "response": within("P1D")}]},
        {"says": {"response": within("PT30M"), "ladder": leads(("PT10M", "owner"))}},
    ],
)  # fmt: skip
def test_publish__what_goes_together_is_taken(said):
    given(POLICY).when(policy(**said), by=LEAD).then_types("PolicyPublished")


def test_publish__the_largest_policy_is_looked_through_at_once():
    lines = [
        {
            "when": {
                "segment": [f"s{n}{m}" for m in range(5)],
                "kind": ["support"],
                "priority": ["low", "high"],
            },
            "response": within(f"P{100 + n}D"),
        }
        for n in range(20)
    ]
    asked = policy(says={"response": within("P9D")}, lines=lines)
    began = perf_counter()
    given(POLICY).when(asked, by=LEAD).then_types("PolicyPublished")
    assert perf_counter() - began < 1

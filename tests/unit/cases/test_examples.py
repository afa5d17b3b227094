"""The examples of the API's pages fit their bodies."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from cases.api import CHANGES, MAKES
from cases.case.commands import MAY, NewFollowUp, Recompute
from cases.configuration import SETS
from cases.examples import EXAMPLES
from cases.preview import PreviewPolicy
from events.fields import Body

from .scene import A_CASE, ONE

PATH = {"case": str(A_CASE), "commitment": str(ONE), "name": "agent"}


def fit(body: type[Body], sent: dict[str, Any]) -> Body:
    named = {name: value for name, value in PATH.items() if name in body.model_fields}
    return body.model_validate_json(json.dumps(sent | named), strict=True)


@pytest.mark.parametrize("body", EXAMPLES, ids=lambda body: body.__name__)
def test_example__fits(body: type[Body]):
    fit(body, EXAMPLES[body])


def test_examples__there_is_one_of_every_route():
    routed = {body for body, *_ in MAKES} | {body for body, _ in CHANGES} | SETS.keys() | {PreviewPolicy}
    assert routed == EXAMPLES.keys()


def test_routes__every_command_that_may_be_asked_has_one():
    becoming = {becomes for _, becomes, *_ in MAKES} | {Recompute}
    assert becoming | {body for body, _ in CHANGES} == MAY.keys()


@pytest.mark.parametrize(
    "sent",
    [
        {"words": "I will call.", "due": "2030-03-01T17:00:00"},
        {"words": "I will call.", "due": "soon"},
        {"words": "I will call.", "due": 1893456000},
        {"words": "I will call.", "due": {"within": "-PT1H"}},
        {"words": "I will call.", "due": {"within": "PT1H", "wall_time": "2030-03-01T17:00"}},
        {"words": "I will call.", "due": {"wall_time": "2030-03-01T17:00", "zone": "Mars/Olympus"}},
        {"words": "I will call.", "due": {"wall_time": "2030-03-01T17:00Z"}},
        {"words": "", "due": {"within": "PT1H"}},
        {"words": "I will call.", "due": {"within": "PT1H"}, "basis": "guess"},
        {"words": "I will call.", "due": {"business_days": 0}},
        {"words": "I will call.", "due": {"within_business": "PT0S"}},
        {"words": "I will call.", "due": {"end_of_day": "mine"}},
        {"words": "I will call.", "condition": {"words": "It is here.", "then": "2030-03-01T17:00:00Z"}},
        {"words": "I will call.", "due": {"within": "PT1H"}, "reminders": [{"lead": "PT1H", "share": 0.5}]},
        {"words": "I will call.", "due": {"within": "PT1H"}, "reminders": [{"share": 1.0}]},
        {"words": "I will call.", "due": {"within": "PT1H"}, "parts": 0},
        {"words": "I will call.", "due": {"within": "PT1H"}, "reminders": [{"lead": "PT0S"}]},
        {"words": "I will call.", "due": {"within": "PT1H"}, "reminders": [{"lead": "P366D"}]},
        {"words": "I will call.", "due": {"within": "PT1H"}, "reminders": [{"lead": "PT1H"}] * 11},
        {"words": "I will call.", "due": {"within": "PT1H"}, "state": "kept"},
    ],
)
def test_new_follow_up__refused(sent: dict[str, Any]):
    with pytest.raises(ValidationError):
        fit(NewFollowUp, sent)


@pytest.mark.parametrize(
    "due",
    [
        "2030-03-01T17:00:00+07:00",
        "2030-03-01T10:00:00Z",
        {"wall_time": "2030-03-01T17:00"},
        {"wall_time": "2030-03-01T17:00:30", "zone": "Asia/Manila"},
        {"within": "PT8H"},
        {"within_business": "PT8H"},
        {"business_days": 2},
        {"months": 1},
        {"end_of_day": "customer"},
        {"end_of_day": "team", "day": "2030-03-01"},
    ],
)
def test_new_follow_up__takes_three_fields(due: Any):
    fit(NewFollowUp, {"words": "I will call.", "due": due})

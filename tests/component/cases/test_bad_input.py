"""What can never be kept is refused with the field and the reason, and nothing is written."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from events.clock import derived_id, new_id
from events.decider import Actor
from events.service.keys import command_id

WEEK: dict[str, Any] = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CLOSED = {str(date(2026, 1, 1) + timedelta(days=number)): "Closed" for number in range(1000)}
OVERLAP = {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}
LONG_AGO = {"2020-03-02": [["09:00", "17:00"]]}

CALENDARS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no open time": ({"zone": "UTC"}, "weekly", "nothing is ever open"),
    "no open time on any day": ({"zone": "UTC", "weekly": {"mon": []}}, "weekly", "nothing is ever open"),
    "holidays that cover all": (
        {"zone": "UTC", "weekly": WEEK, "holidays": CLOSED},
        "holidays",
        "nothing is open",
    ),
    "open long ago only": (
        {"zone": "UTC", "date_hours": LONG_AGO},
        "weekly",
        "nothing is open within a year",
    ),
    "overlapping hours": ({"zone": "UTC", "weekly": OVERLAP}, "weekly.mon", "overlap"),
    "an unknown zone": ({"zone": "Mars/Olympus", "weekly": WEEK}, "zone", "give an IANA time zone"),
}
LADDERS: dict[str, tuple[str, str]] = {
    "negative": ("-PT1H", "duration"),
    "of no length": ("PT0S", "greater than"),
    "longer than a year": ("P366D", "less than or equal"),
    "huge": ("P999999999D", "duration"),
}
PROMISES: dict[str, tuple[dict[str, Any], str, str]] = {
    **{
        f"a lead {name}": ({"reminders": [{"lead": lead}]}, "reminders.0.lead", reason)
        for name, (lead, reason) in LADDERS.items()
    },
    "a duration below nothing": ({"due": {"within": "-PT1H"}}, "due.within", "duration"),
    "an instant that has passed": ({"due": "2001-01-01T00:00:00Z"}, "due", "must lie ahead"),
    "a wall time that has passed": ({"due": {"wall_time": "2001-01-01T00:00"}}, "due", "must lie ahead"),
    "an instant beyond 2200": ({"due": "2200-01-01T00:00:00Z"}, "due", "between 2000 and 2200"),
    "a wall time beyond 2200": ({"due": {"wall_time": "2200-06-01T08:00"}}, "due", "before the year 2200"),
    "a wall time at the end": ({"due": {"wall_time": "9999-12-31T23:59"}}, "due", "before the year 2200"),
    "ten thousand years": ({"due": {"months": 120_000}}, "due.months", "less than or equal"),
    "a limit that has passed": (
        {
            "due": None,
            "condition": {
                "words": "It is here.",
                "then": {"within": "PT1H"},
                "limit": "2001-01-01T00:00:00Z",
            },
        },
        "condition.limit",
        "must lie ahead",
    ),
    "an unknown owner": ({"owner": "nobody"}, "owner", "is not registered"),
    "a parent that is none": ({"basis": "internal", "parent": str(new_id())}, "parent", "no commitment"),
}


@asynccontextmanager
async def unmoved(cases) -> AsyncIterator[None]:
    """Let nothing be written meanwhile."""
    before = await cases.parts.log.head()
    yield
    assert await cases.parts.log.head() == before


def assert_refused(answer: httpx.Response, field: str, reason: str) -> None:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert reason in error["reason"]
    assert error["reason"] in answer.json()["detail"]


@pytest.mark.parametrize("wrong", CALENDARS)
async def test_edge_07__an_impossible_calendar_is_refused_when_it_is_published(cases, wrong):
    body, field, reason = CALENDARS[wrong]
    async with unmoved(cases):
        assert_refused(await cases.put("/v1/calendars/impossible", body), field, reason)
    assert (await cases.get("/v1/calendars/impossible")).status_code == 404


@pytest.mark.parametrize("wrong", LADDERS)
async def test_policy__with_an_impossible_lead_is_refused(cases, wrong):
    lead, reason = LADDERS[wrong]
    body = {"says": {"ladder": [{"lead": "PT1H"}, {"lead": lead}]}}
    async with unmoved(cases):
        assert_refused(await cases.put("/v1/policies/impossible", body), "says.ladder.1.lead", reason)


@pytest.fixture(scope="module")
async def case(cases) -> str:
    """A case in which impossible things are promised."""
    opened: str = await cases.case()
    return opened


@pytest.mark.parametrize("way", ["follow-ups", "expectations"])
@pytest.mark.parametrize("wrong", PROMISES)
async def test_promise__that_can_never_be_kept_is_refused(cases, case, way, wrong):
    says, field, reason = PROMISES[wrong]
    body = {"words": "I will call.", "due": {"within": "PT8H"}, **says}
    async with unmoved(cases):
        assert_refused(await cases.post(f"/v1/cases/{case}/{way}", body), field, reason)


async def test_internal_commitment__that_would_be_its_own_parent_is_refused(cases, case):
    """Its id follows from the key of the request, so that a caller can know it before."""
    path, key = f"/v1/cases/{case}/follow-ups", str(new_id())
    own = derived_id("commitment", command_id(Actor("agent", frozenset({"agent"})), "POST", path, key))
    body = {"words": "We check.", "due": {"within": "PT8H"}, "basis": "internal", "parent": str(own)}
    async with unmoved(cases):
        assert_refused(await cases.post(path, body, key=key), "parent", "circular")


async def test_internal_commitment__due_after_what_it_serves_is_refused(cases, case):
    parent = (await cases.promise(case)).json()["id"]
    body = {"words": "We check.", "due": {"within": "PT9H"}, "basis": "internal", "parent": parent}
    async with unmoved(cases):
        answer = await cases.post(f"/v1/cases/{case}/follow-ups", body)
        assert_refused(answer, "due", "parent")

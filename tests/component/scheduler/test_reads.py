"""The scheduler's pages, behind its door: what it holds once it has heard of it over Kafka."""

import pytest

from events.clock import derived_id
from tests.unit.scheduler.plans import (
    CASE,
    COMMITMENT,
    KEPT,
    NINE,
    PLAN,
    at,
    promised,
    rescheduled,
    timers,
)

from .desk import scheduling, silent_cases


@pytest.fixture(scope="module")
async def desk(site):
    """A scheduler that has not heard of anything, at nine."""
    async with silent_cases(site) as running, scheduling(running):
        await running.time(NINE)
        yield running


async def test_list__holds_the_timers_of_a_commitment(desk):
    after = await desk.say(promised(PLAN))
    items = await desk.timers(after, commitment=COMMITMENT)
    assert [item["name"] for item in items] == ["rung-1", "rung-2", "due"]
    assert items[2] == {
        "id": str(derived_id(COMMITMENT, 1, "due", "2026-03-02T11:00:00+00:00")),
        "commitment": str(COMMITMENT),
        "case": str(CASE),
        "revision": 1,
        "name": "due",
        "role": "owner",
        "at": "2026-03-02T11:00:00Z",
        "fires_at": "2026-03-02T11:00:00.000001Z",
        "due": "2026-03-02T11:00:00Z",
        "short_notice": False,
    }


async def test_list__shows_what_waits_for_the_customer_to_be_told(desk):
    moved = derived_id("test", "moved")
    plan = timers(120, rung_1=240)
    await desk.say(promised(PLAN, commitment=moved))
    after = await desk.say(rescheduled(plan, 300, 120).model_copy(update={"commitment": moved}))
    due, rung = await desk.timers(after, commitment=moved)
    assert (due["name"], rung["name"], rung["fires_at"]) == ("due", "rung-1", None)


async def test_list__goes_page_by_page_up_to_an_instant(desk):
    many = [derived_id("page", number) for number in range(5)]
    after = await desk.say(*(promised(timers(500, rung_1=400), 500, commitment=each) for each in many))
    found: list[dict[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/v1/timers?before={at(401).isoformat().replace('+00:00', 'Z')}&limit=2{cursor}"
        body = (await desk.get(path, kept_after=after)).json()
        found += [item for item in body["items"] if item["commitment"] in map(str, many)]
        cursor = f"&cursor={body['next']}" if body["next"] else None
    assert sorted(item["commitment"] for item in found) == sorted(map(str, many))
    assert {item["name"] for item in found} == {"rung-1"}


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=WyIwMDAxLTAxLTAxIiwgMV0", "limit=201", "limit=0", "before=9", "due=1"]
)
async def test_list__refuses_what_it_cannot_read(desk, query):
    answer = await desk.get(f"/v1/timers?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_next__is_the_timer_that_fires_first(desk):
    first = derived_id("test", "first")
    after = await desk.say(promised(timers(3), 3, commitment=first))
    body = (await desk.get("/v1/timers/next", kept_after=after)).json()
    assert body["backlog"] == 0
    assert (body["timer"]["commitment"], body["timer"]["at"]) == (str(first), "2026-03-02T09:03:00Z")


async def test_ended__holds_nothing(desk):
    gone = derived_id("test", "gone")
    await desk.say(promised(PLAN, commitment=gone))
    after = await desk.say(KEPT.model_copy(update={"commitment": gone}))
    assert await desk.timers(after, commitment=gone) == []


async def test_metrics__say_what_waits(desk):
    text = (await desk.get("/metrics")).text
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("kept_timers"))
    assert {name.partition("{")[0]: float(value) for name, value in figures.items()} == {
        "kept_timers_due": 0,
        "kept_timers_late_seconds": 0,
    }


async def test_without_a_token__nothing_is_shown(desk):
    answer = await desk.client.get(desk.urls["scheduler"] + "/v1/timers")
    assert answer.status_code == 401

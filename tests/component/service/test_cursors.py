"""Cursors of the API as callers meet them: bound to route and filters, shared by replicas."""

import asyncpg
import httpx
import pytest

from events.clock import new_id
from events.feed import read_page
from tests.component.intake.desk import intake_on

from .test_front import problem

FEED = "/v1/events?limit=1"


@pytest.fixture(scope="module")
async def contacts(intake) -> str:
    """A list of three pages; return its path and filter."""
    customer = await intake.customer()
    for number in range(3):
        made = await intake.post(
            "/v1/contacts", {"customer": customer, "channel": "call", "words": f"{number}"}
        )
        assert made.status_code == 201
    path = f"/v1/contacts?limit=1&customer={customer}"
    await intake.get(path, kept_after=made.headers["kept-position"], prefer="wait=10")
    return path


async def following(intake, path: str, role: str = "agent") -> str:
    answer = await intake.get(path, role=role)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["next"])


def names(answer: httpx.Response, field: str) -> bool:
    return [error["field"] for error in problem(answer, 422, "invalid")["errors"]] == [field]


async def test_cursor__leads_through_the_list_whatever_the_limit(intake, contacts):
    cursor = await following(intake, contacts)
    rest = (await intake.get(f"{contacts.replace('limit=1', 'limit=2')}&cursor={cursor}")).json()
    assert ([item["words"] for item in rest["items"]], rest["next"]) == (["1", "0"], None)


async def test_cursor__of_other_filters_another_route_or_changed_is_refused(intake, contacts):
    cursor = await following(intake, contacts)
    assert names(await intake.get(f"/v1/contacts?limit=1&cursor={cursor}"), "cursor")
    assert names(await intake.get(f"/v1/contacts?customer={new_id()}&cursor={cursor}"), "cursor")
    assert names(await intake.get(f"{contacts}&cursor={cursor[:-1]}~"), "cursor")
    assert names(await intake.get(f"/v1/events?after={cursor}", role="analyst"), "after")
    feed = await following(intake, FEED, "analyst")
    assert names(await intake.get(f"{contacts}&cursor={feed}"), "cursor")
    assert names(await intake.get(f"{FEED}&type=ContactReceived&after={feed}", role="analyst"), "after")


async def test_cursor__of_a_replica_is_good_with_the_other(intake, plot, contacts):
    cursor, feed = await following(intake, contacts), await following(intake, FEED, "analyst")
    async with intake_on(plot, relay=False) as other:
        assert (await other.get(f"{contacts}&cursor={cursor}")).json()["items"][0]["words"] == "1"
        assert (
            read_page((await other.get(f"{FEED}&after={feed}", role="analyst")).json()).rows[0].position == 2
        )


async def test_cursor__of_another_key_is_refused(plot, intake, contacts):
    cursor = await following(intake, contacts)
    async with intake_on(plot, relay=False, cursor_key="") as other:
        assert names(await other.get(f"{contacts}&cursor={cursor}"), "cursor")


async def test_feed__goes_on_by_cursor_as_by_position(intake, contacts):
    after, positions = "0", []
    while after != "None":
        page = (await intake.get(f"/v1/events?limit=2&after={after}", role="analyst")).json()
        positions += [item["position"] for item in page["items"]]
        after = str(page["next"])
    assert positions == list(range(1, await intake.length() + 1))


async def test_feed__whose_log_was_restored_says_that_it_diverged(plot, intake, contacts):
    cursor = await following(intake, FEED, "analyst")
    connection = await asyncpg.connect(plot.databases["intake"])
    log_id = await connection.fetchval("SELECT log_id FROM log")
    await connection.execute("UPDATE log SET log_id = gen_random_uuid()")
    async with intake_on(plot, relay=False) as restored:
        problem(await restored.get(f"{FEED}&after={cursor}", role="analyst"), 503, "log-diverged")
    await connection.execute("UPDATE log SET log_id = $1", log_id)
    await connection.close()

"""The feed as server-sent events: from the beginning, as it grows, and on after a cut."""

import asyncio

from .listener import Told, fill, listening
from .test_front import problem


async def test_stream__tells_the_log_from_its_beginning_and_as_it_grows(intake):
    head = await fill(intake)
    async with listening(intake) as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["cache-control"] == "no-store"
        told = await stream.hear(head)
        later = asyncio.ensure_future(stream.hear(2))
        await fill(intake, 2)
        told += await later
    page = (await intake.get("/v1/events?limit=1000", role="analyst")).json()
    assert [each.row for each in told] == page["items"]
    assert [each.kind for each in told] == [item["type"] for item in page["items"]]


async def test_stream__cut_again_and_again_is_resumed_without_gap_or_repeat(intake):
    begin, many = await fill(intake, 1), 40
    writing = asyncio.ensure_future(fill(intake, many))
    heard: list[Told] = []
    headers: dict[str, str] = {}
    while len(heard) < many:
        async with listening(intake, f"?after={begin}", **headers) as stream:
            heard += await stream.hear(min(7, many - len(heard)))
        headers = {"last_event_id": heard[-1].cursor}
    await writing
    assert [each.position for each in heard] == list(range(begin + 1, begin + many + 1))


async def test_stream__of_one_type_up_to_a_place_ends_there(intake):
    customer = await intake.customer()
    await intake.patch(f"/v1/customers/{customer}", {"zone": "Asia/Manila"}, if_match='"1"')
    end = await fill(intake, 40)
    async with listening(intake, f"?type=CustomerChanged&until={end - 1}") as stream:
        assert {each.kind for each in await stream.hear(1)} == {"CustomerChanged"}
        assert await stream.ended()
    async with listening(intake, f"?after={end - 40}&until={end - 1}") as stream:
        assert [each.position for each in await stream.hear(39)] == list(range(end - 39, end))
        assert await stream.ended()


async def test_stream__goes_on_from_a_cursor_of_a_page(intake):
    await fill(intake)
    page = (await intake.get("/v1/events?limit=1", role="analyst")).json()
    async with listening(intake, f"?after={page['next']}") as stream:
        assert [each.position for each in await stream.hear(2)] == [2, 3]


async def test_stream__refuses_what_it_did_not_write(intake):
    for query, headers, field in (
        ("?after=x", {}, "after"),
        ("", {"last_event_id": "x"}, "Last-Event-ID"),
        ("", {"last_event_id": "9" * 5000}, "last-event-id"),
        ("?limit=0", {}, "limit"),
    ):
        async with listening(intake, query, **headers) as stream:
            await stream.answer.aread()
            assert problem(stream.answer, 422, "invalid")["errors"][0]["field"] == field


async def test_stream__is_for_those_who_may_read_the_feed(intake):
    async with listening(intake, role="agent") as stream:
        await stream.answer.aread()
        problem(stream.answer, 403, "forbidden")


async def test_page__is_what_is_answered_to_all_else(intake):
    for accept in ("*/*", "application/json, text/event-stream", "text/html"):
        answer = await intake.get("/v1/events?limit=1", role="analyst", accept=accept)
        assert answer.headers["content-type"] == "application/json"

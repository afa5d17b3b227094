"""The published vectors of Idempotency-Key, each against a running service: 19 of syntax, 13 of flow."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from events.clock import new_id
from events.wire import rfc3339
from tests.component.intake.desk import Intake

from .process import own
from .raw import request, send

CUSTOMER = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"}
OTHER = {"name": "Ana", "zone": "Asia/Manila"}
PATH = "/v1/customers"
TAKEN = {
    "bare token": "many clients send the key without quotes, so a bare key is the same as a quoted one",
    "integer": "the same: a bare key of digits is a key",
}
REFUSED = {"long string": "a string by its syntax, but longer than the 255 letters a key may have"}
"""What we judge otherwise than the vectors, and why."""
LOCK = "SELECT pg_advisory_xact_lock(1802858612)"
"""The lock that every append takes."""
WAITING = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def test_syntax__all_19_vectors(intake, data):
    vectors = json.loads((data / "idempotency-key-vectors.json").read_text())["key_syntax"]
    assert len(vectors) == 19
    wrong = {}
    for vector in vectors:
        before = await intake.length()
        answers = [await post_raw(intake, lines) for lines in encoded(vector["header_lines"])]
        valid = vector["name"] not in REFUSED and (vector["valid"] or vector["name"] in TAKEN)
        expected = {201} if valid else {400}
        if set(answers) != expected or (await intake.length() > before) != valid:
            wrong[vector["name"]] = answers
    assert wrong == {}


def encoded(lines: list[str]) -> list[list[bytes]]:
    """Return the lines as bytes: as UTF-8, and as Latin-1 where that is another thing."""
    ways = [[line.encode(way) for line in lines] for way in ("utf-8", "latin-1")]
    return ways if ways[0] != ways[1] else ways[:1]


async def post_raw(intake: Intake, keys: list[bytes]) -> int:
    """Return the status of a POST with these keys by a caller who has sent none before."""
    token = intake.site.keys.token(str(new_id()), ("agent",))
    headers = [("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")]
    body = json.dumps(CUSTOMER).encode()
    sent = request(f"POST {PATH}", [*headers, *(("Idempotency-Key", key) for key in keys)], body)
    return (await send(intake.running.url, sent)).status


@asynccontextmanager
async def appends_held(intake: Intake) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Let no append begin meanwhile; yields what waits until one would."""
    connection = await asyncpg.connect(intake.site.databases["intake"])

    async def one_waits() -> None:
        async with asyncio.timeout(10):
            while not await connection.fetchval(WAITING):  # noqa: ASYNC110
                await asyncio.sleep(0.005)  # a server tells nobody who waits in it

    try:
        async with connection.transaction():
            await connection.execute(LOCK)
            yield one_waits
    finally:
        await connection.close()


def refused(answer: httpx.Response, status: int, slug: str) -> None:
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def without_the_header(intake: Intake, _key: str) -> int:
    refused(await intake.post(PATH, CUSTOMER, key=None), 400, "key-missing")
    return 0


async def first(intake: Intake, key: str) -> int:
    assert (await intake.post(PATH, CUSTOMER, key=key)).status_code == 201
    return 1


async def again_after_completion(intake: Intake, key: str) -> int:
    one, two = [await intake.post(PATH, CUSTOMER, key=key) for _ in range(2)]
    assert (two.status_code, two.content) == (one.status_code, one.content) == (201, one.content)
    return 1


async def another_body(intake: Intake, key: str) -> int:
    await first(intake, key)
    refused(await intake.post(PATH, OTHER, key=key), 422, "key-reused")
    return 1


async def while_the_first_runs(intake: Intake, key: str) -> int:
    async with appends_held(intake) as one_waits:
        running = asyncio.ensure_future(intake.post(PATH, CUSTOMER, key=key))
        await one_waits()
        refused(await intake.post(PATH, CUSTOMER, key=key), 409, "in-flight")
    assert (await running).status_code == 201
    return 1


async def fifty_at_once(intake: Intake, key: str) -> int:
    answers = await asyncio.gather(*(intake.post(PATH, CUSTOMER, key=key) for _ in range(50)))
    done = {answer.content for answer in answers if answer.status_code == 201}
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert done == {(await intake.post(PATH, CUSTOMER, key=key)).content}
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "in-flight")
    return 1


async def killed_before_the_commit(intake: Intake, key: str) -> int:
    async with own(intake.site, KEPT_RELAY="false") as victim:
        await victim.ready()
        async with appends_held(intake) as one_waits:
            headers = intake.headers(key=key)
            lost = asyncio.ensure_future(victim.client.post(PATH, json=CUSTOMER, headers=headers))
            await one_waits()
            victim.send(signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                await lost
    assert (await intake.patiently(PATH, CUSTOMER, key=key)).status_code == 201
    return 1


async def another_path(intake: Intake, key: str) -> int:
    one = await intake.post(PATH, CUSTOMER, key=key)
    contact = {"customer": one.json()["id"], "channel": "call", "words": "?"}
    two = await intake.post("/v1/contacts", contact, key=key)
    assert (two.status_code, "case" in two.json()) == (201, True)
    return 2


async def another_caller(intake: Intake, key: str) -> int:
    one, two = [await intake.post(PATH, CUSTOMER, key=key, role=role) for role in ("agent", "lead")]
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json()["id"] != two.json()["id"]
    return 2


async def written_otherwise(intake: Intake, key: str) -> int:
    """Names in another order, and white space: the same body. 1.0 is not 1, and refused for itself."""
    one = await intake.post(PATH, CUSTOMER, key=key)
    raw = json.dumps(dict(reversed(CUSTOMER.items())), indent=2)
    headers = intake.headers(key=key) | {"Content-Type": "application/json"}
    two = await intake.client.post(PATH, content=raw, headers=headers)
    assert (two.status_code, two.content) == (201, one.content)
    serves = [{"case": str(new_id()), "commitment": str(new_id()), "tells": 1.0}]
    made: dict[str, Any] = {"direction": "outbound", "outcome": "reached", "channel": "call", "words": "!"}
    answer = await intake.post("/v1/contacts", {**made, "customer": one.json()["id"], "serves": serves})
    refused(answer, 422, "invalid")
    return 1


async def refused_then_again(intake: Intake, key: str) -> int:
    one, two = [await intake.post(PATH, CUSTOMER | {"zone": "Mars/Olympus"}, key=key) for _ in range(2)]
    refused(one, 422, "invalid")
    assert (two.status_code, two.content) == (422, one.content)
    return 0


async def unavailable_then_again(intake: Intake, key: str) -> int:
    ahead = f"contacts@{await intake.length() + 1000}"
    refused(await intake.post(PATH, CUSTOMER, key=key, kept_after=ahead, prefer="wait=0.01"), 503, "not-yet")
    return await first(intake, key)


async def after_years(intake: Intake, key: str) -> int:
    """A key is kept as long as the log: it never expires."""
    one = await intake.post(PATH, CUSTOMER, key=key)
    later = await intake.running.parts.log.now() + timedelta(days=3653)
    clock = {"at": rfc3339(later)}
    moved = await intake.client.put("/v1/clock", json=clock, headers=intake.headers(role="operator"))
    assert moved.status_code == 200
    assert (await intake.post(PATH, CUSTOMER, key=key)).content == one.content
    return 1


FLOW: dict[int, Callable[[Intake, str], Awaitable[int]]] = {
    1: without_the_header,
    2: first,
    3: again_after_completion,
    4: another_body,
    5: while_the_first_runs,
    6: fifty_at_once,
    7: killed_before_the_commit,
    8: another_path,
    9: another_caller,
    10: written_otherwise,
    11: refused_then_again,
    12: unavailable_then_again,
    13: after_years,
}
"""Each row, and how many effects it has."""


@pytest.mark.parametrize("row", FLOW)
async def test_flow__has_as_many_effects_as_it_should(intake, row):
    before = await intake.length()
    effects = await FLOW[row](intake, str(new_id()))
    assert await intake.length() == before + effects


def test_flow__all_13_vectors_are_played(data):
    vectors = json.loads((data / "idempotency-key-vectors.json").read_text())["flow"]
    assert [vector["n"] for vector in vectors] == list(FLOW)
    assert len(vectors) == 13

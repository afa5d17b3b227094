"""Hostile requests, byte by byte: refused with 4xx, nothing written, and the service goes on."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from events.clock import new_id
from tests.component.intake.desk import Intake

from .process import own
from .raw import CLOSED, Heard, request, send

PATH = "/v1/customers"
JSON = ("Content-Type", "application/json")
MIB = 1_048_576


@pytest.fixture(autouse=True)
async def nothing_written(intake) -> AsyncIterator[None]:
    """Assert that the log stays as it was, and that the service goes on."""
    before = await intake.length()
    yield
    assert await intake.length() == before
    assert (await intake.get("/v1/contacts")).status_code == 200


def headers(
    intake: Intake, *more: tuple[str, bytes | str], role: str = "agent"
) -> list[tuple[str, bytes | str]]:
    said = intake.headers(role=role)
    return [*said.items(), JSON, *more]


async def posted(
    intake: Intake, body: bytes, *more: tuple[str, bytes | str], path: str = PATH, length: bool = True
) -> Heard:
    sent = request(f"POST {path}", headers(intake, *more), body, length=length)
    return await send(intake.running.url, sent)


def kind(heard: Heard) -> tuple[int, str]:
    told = json.loads(heard.body)
    assert told["status"] == heard.status
    return heard.status, str(told["type"]).removeprefix("/problems/")


NAME = b'{"name": "%b", "zone": "UTC"}'
BODIES: dict[str, tuple[bytes, int]] = {
    "64 KiB and one": (NAME % (b"x" * (65_537 - len(NAME) + 2)), 413),
    "a number of 5,000 digits": (b'{"name": ' + b"9" * 5000 + b"}", 400),
    "nested 500 deep": (b'{"name": ' + b"[" * 500 + b"]" * 500 + b"}", 400),
    "nested 5,000 deep": (b'{"name": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
    "nested 30,000 objects deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "6,000 names": (json.dumps({f"n{n}": 1 for n in range(6000)}, separators=(",", ":")).encode(), 422),
    "a name that stands 9,000 times": (b"{" + b",".join([b'"a":1'] * 9000) + b"}", 422),
    "compressed": (gzip.compress(b" " * 30 * MIB), 400),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400),
    "UTF-16": ('{"name": "Mai", "zone": "UTC"}'.encode("utf-16"), 400),
    "a NUL": (NAME % b"a\\u0000b", 422),
    "a bare NUL": (NAME % b"a\x00b", 400),
    "a lone surrogate": (NAME % b"a\\ud800", 422),
    "a lone surrogate in bytes": (NAME % b"a\xed\xa0\x80", 400),
    "bytes that are not UTF-8": (NAME % b"\xff\xfe", 400),
    "NaN": (b'{"name": NaN, "zone": "UTC"}', 422),
    "1e999": (b'{"name": 1e999, "zone": "UTC"}', 422),
    "a field of ours": (b'{"name": "a", "zone": "UTC", "version": 7}', 422),
    "a field of the log": (b'{"name": "a", "zone": "UTC", "recorded_at": "2030-01-01T00:00:00Z"}', 422),
    "__proto__": (b'{"name": "a", "zone": "UTC", "__proto__": {}}', 422),
    "two documents": (b'{"name": "a", "zone": "UTC"}{}', 400),
    "a comment": (b'{"name": "a", /* */ "zone": "UTC"}', 400),
    "nothing but blanks": (b" " * 60_000, 400),
}


@pytest.mark.parametrize("case", BODIES)
async def test_body__is_refused_with_a_problem(intake, case):
    body, status = BODIES[case]
    heard = await posted(intake, body)
    assert kind(heard)[0] == status
    assert len(heard.body) < 20_000


async def test_body__of_a_batch_of_1_mib_and_one_is_refused(intake):
    item = {"customer": str(new_id()), "channel": "call", "words": "x" * 1000}
    body = json.dumps({"items": [item] * 400, "pad": "x" * 700_000}).encode()
    assert kind(await posted(intake, body[: MIB + 1], path="/v1/contacts:batch")) == (413, "too-large")
    assert kind(await posted(intake, body[:MIB], path="/v1/contacts:batch"))[0] in {400, 422}


async def test_batch__of_100_000_names_that_stand_twice_is_refused_at_once(intake):
    body = b"{" + b",".join(b'"%x":1' % (n // 2) for n in range(100_000)) + b"}"
    async with asyncio.timeout(5):
        assert kind(await posted(intake, body, path="/v1/contacts:batch")) == (422, "invalid")


async def test_body__that_says_50_mb_is_refused_before_it_comes(intake):
    sent = request(f"POST {PATH}", headers(intake, ("Content-Length", "50000000")), length=False)
    assert kind(await send(intake.running.url, sent)) == (413, "too-large")


async def test_body__of_50_mb_in_chunks_is_cut_off(intake):
    head = request(f"POST {PATH}", headers(intake, ("Transfer-Encoding", "chunked")), length=False)
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    assert kind(await send(intake.running.url, head, *[piece] * 800)) == (413, "too-large")


@pytest.mark.parametrize(
    ("more", "statuses"),
    [
        ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], {400}),
        ([("Content-Length", "5"), ("Content-Length", "6")], {400}),
        ([("Content-Length", "-1")], {400}),
        ([("Content-Length", "9" * 40)], {400}),
        ([("Transfer-Encoding", "gzip, chunked, identity")], {400}),
    ],
)
async def test_lengths__that_contradict_each_other_are_refused(intake, more, statuses):
    sent = request(f"POST {PATH}", headers(intake, *more), b"0\r\n\r\n", length=False)
    assert (await send(intake.running.url, sent)).status in statuses


@pytest.mark.parametrize(
    "more",
    [
        [("X-Long", "x" * 40_000)],
        [(f"X-{n}", "y") for n in range(5000)],
        [("Cookie", "a=b; " * 10_000)],
    ],
)
async def test_head__that_is_too_large_is_refused(intake, more):
    sent = request("GET /v1/contacts", headers(intake, *more))
    assert kind(await send(intake.running.url, sent)) == (431, "head-too-large")


async def test_head__without_end_is_cut_off(intake):
    begun = b"GET /v1/contacts HTTP/1.1\r\nHost: kept\r\nX-Long: "
    heard = await send(intake.running.url, begun, *[b"x" * 65_536] * 800)
    assert heard.status in {CLOSED, 400}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/" + "a/" * 5000, 404),
        ("/v1/contacts?reference=" + "x" * 9000, 422),
        ("/v1/contacts?" + "&".join(f"p{n}=1" for n in range(2000)), 422),
        ("/v1/contacts?reference=%00", 422),
        ("/v1/contacts?source=a%00b", 422),
        ("/v1/contacts?reference=%ff%fe", 200),
        ("/v1/contacts?customer=%00", 422),
        ("/v1/events?stream=%00", 422),
        ("/v1/events?type=%00", 422),
        ("/v1/events?after=9999999999999999999999", 422),
        ("/v1/events?after=" + "9" * 5000, 422),
        ("/v1/events?limit=0", 422),
        ("/v1/contacts?limit=-1", 422),
        ("/v1/contacts?limit=1000000000", 422),
        ("/v1/contacts?limit=1&limit=2", 422),
        ("/v1/contacts?cursor=%00", 422),
        ("/v1/contacts?cursor=" + "W" * 499, 422),
        ("/v1/contacts?cursor=WzFlOTk5XQ", 422),  # [1e999]
        ("/v1/customers/%00", 422),
        ("/v1/customers/..%2f..%2fetc%2fpasswd", 404),
        ("/v1/customers/" + "7" * 4000, 422),
        ("/v1/customers/%ud800", 422),
        ("/problems/%00", 404),
        ("/problems/" + "x" * 9000, 404),
        ("//evil.example/v1/contacts", 404),
    ],
)
async def test_target__is_answered_without_a_fault(intake, target, status):
    heard = await send(intake.running.url, request(f"GET {target}", headers(intake, role="analyst")))
    assert heard.status == status, heard.body
    assert len(heard.body) < 20_000


@pytest.mark.parametrize("method", ["DELETE", "TRACE", "OPTIONS", "PROPFIND"])
async def test_method__that_a_route_does_not_have_is_refused(intake, method):
    override = ("X-HTTP-Method-Override", "POST")
    heard = await send(intake.running.url, request(f"{method} {PATH}", headers(intake, override)))
    assert kind(heard) == (405, "method-not-allowed")


async def test_method__is_not_taken_from_a_header(intake):
    override = [("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "DELETE")]
    heard = await send(intake.running.url, request("GET /v1/contacts", headers(intake, *override)))
    assert heard.status == 200


@pytest.mark.parametrize(
    "line", [b"GET\r\n\r\n", b"BREW /v1/pot HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\x00" * 100]
)
async def test_what_is_no_request__is_refused(intake, line):
    assert (await send(intake.running.url, line)).status == 400


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Idempotency-Key", b"\x80\xff", 400),
        ("If-Match", '"' + "9" * 400 + '"', 412),
        ("If-Match", "3", 400),
        ("Kept-After", "contacts@" + "9" * 40, 400),
        ("Kept-After", "'; DROP TABLE event; --@1", 400),
        ("Authorization", "Bearer " + "x" * 20_000, 401),
        ("Authorization", b"Bearer \xff\xfe", 401),
        ("Authorization", "Basic YTpi", 401),
        ("Content-Type", "text/html", 415),
        ("Content-Type", b"application/json\xff", 415),
    ],
)
async def test_header__that_cannot_be_meant_is_refused(intake, name, value, status):
    said = [(each, text) for each, text in headers(intake) if each != name] + [(name, value)]
    body = json.dumps({"zone": "Asia/Manila"}).encode()
    path = f"PATCH {PATH}/{new_id()}" if name == "If-Match" else f"POST {PATH}"
    content = body if name == "If-Match" else b'{"name": "a"}' if status == 415 else NAME % b"Mai"
    heard = await send(intake.running.url, request(path, said, content))
    assert kind(heard)[0] == status


async def test_pipelined_requests__are_answered_each(intake):
    one = request("GET /v1/contacts?limit=1", headers(intake))
    reader, writer = await asyncio.open_connection(
        urlsplit(intake.running.url).hostname, urlsplit(intake.running.url).port
    )
    writer.write(one * 20)
    count = 0
    async with asyncio.timeout(10):
        while count < 20:
            count += (await reader.readuntil(b"\r\n\r\n")).count(b"HTTP/1.1 200")
    writer.close()


@pytest.mark.accept
async def test_slow_and_silent_senders__are_cut_off_in_time_and_memory_is_bounded(plot, intake):
    """A body and a head at a byte a second, 500 silent connections, and 200 floods of 50 MB each."""
    async with own(plot, KEPT_RELAY="false") as service:
        await service.ready()
        url = str(service.client.base_url)
        before = memory(service.process.pid)
        said: list[tuple[str, Any]] = [*intake.headers().items(), JSON]
        head = request(f"POST {PATH}", [*said, ("Content-Length", "60000")], length=False)
        slow = [send(url, head, *[b"x"] * 30, pause=1) for _ in range(20)]
        heads = [send(url, b"GET /livez HTTP/1.1\r\n", *[b"a"] * 30, pause=1) for _ in range(20)]
        silent = [send(url) for _ in range(500)]
        chunked = request(f"POST {PATH}", [*said, ("Transfer-Encoding", "chunked")], length=False)
        piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
        floods = [send(url, chunked, *[piece] * 800) for _ in range(200)]
        asked = asyncio.ensure_future(service.client.get("/livez"))
        heard = await asyncio.gather(*slow, *heads, *silent, *floods)
        assert (await asked).status_code == 200
        assert {kind(each) for each in heard[:20]} == {(408, "slow-body")}
        assert {each.status for each in heard[20:540]} == {CLOSED}
        assert {kind(each) for each in heard[540:]} <= {(413, "too-large"), (503, "crowded")}
        assert memory(service.process.pid) - before < 100 * MIB
        assert (await service.client.get("/readyz")).status_code == 200


def memory(pid: int) -> int:
    """Return the most memory that a process has had, in bytes."""
    said = Path(f"/proc/{pid}/status").read_text()
    return int(said.split("VmHWM:")[1].split()[0]) * 1024

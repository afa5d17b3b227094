"""The door: every request is answered, in time, with a body of a size that is allowed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from events.service.door import DEADLINE, Door, Limits
from events.service.problems import Problem

Handler = Callable[[Request], Awaitable[PlainTextResponse]]
QUICK = Limits(answer=0.02, body=0.02, largest=10, crowd=2)


class Hall:
    """A door before a handler, and what came out of it."""

    def __init__(self, handler: Handler, larger: dict[str, int] | None = None) -> None:
        self.counted: list[tuple[str, str, int]] = []
        self._handler = handler
        self.door = Door(self._app, self._count, larger or {}, QUICK)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._handler(Request(scope, receive))
        await answer(scope, receive, send)

    def _count(self, method: str, route: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.counted.append((method, route, status))

    async def send(
        self, *chunks: bytes, method: str = "POST", path: str = "/", length: int | None = None
    ) -> tuple[int, bytes]:
        """Send a request in these chunks; one that is None never comes."""
        sent: list[Message] = []
        left = list(chunks)
        headers = [] if length is None else [(b"content-length", str(length).encode())]
        scope = {"type": "http", "method": method, "path": path, "headers": headers, "query_string": b""}

        async def receive() -> Message:
            if not left:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or not chunks[-1]}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.door(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body())


async def hang(request: Request) -> PlainTextResponse:
    await request.body()
    await asyncio.Event().wait()
    raise AssertionError


async def test_request__passes_and_is_counted():
    hall = Hall(echo)
    assert await hall.send(b"abc", b"def") == (200, b"abcdef")
    assert hall.counted == [("POST", "none", 200)]


async def test_handler__that_hangs_is_answered_for():
    hall = Hall(hang)
    status, body = await hall.send(b"x")
    assert (status, json.loads(body)["type"]) == (503, "/problems/unavailable")
    assert hall.counted == [("POST", "none", 503)]
    for task in hall.door._inside:
        task.cancel()


async def test_body__that_does_not_come_is_answered_for():
    hall = Hall(echo)
    status, body = await hall.send(b"x", b"")
    assert (status, json.loads(body)["type"]) == (408, "/problems/slow-body")
    for task in hall.door._inside:
        task.cancel()


async def test_handler__that_waits_on_purpose_is_waited_for():
    async def wait(request: Request) -> PlainTextResponse:
        request.scope[DEADLINE].put_off(5)
        await asyncio.sleep(3 * QUICK.answer)  # longer than the door would wait
        return PlainTextResponse("done")

    assert await Hall(wait).send(b"x") == (200, b"done")


@pytest.mark.parametrize(
    ("chunks", "length"), [((b"x" * 11,), None), ((b"x" * 6, b"x" * 5), None), ((b"x",), 11)]
)
async def test_body__too_large_is_refused(chunks, length):
    with pytest.raises(Problem) as caught:
        await Hall(echo).send(*chunks, length=length)
    assert caught.value.status == 413


async def test_body__may_be_larger_where_that_is_said():
    hall = Hall(echo, {"/many": 12})
    assert await hall.send(b"x" * 12, path="/many", length=12) == (200, b"x" * 12)
    with pytest.raises(Problem):
        await hall.send(b"x" * 13, path="/many")


async def test_crowd__is_turned_away():
    hall = Hall(hang)
    inside = [asyncio.ensure_future(hall.send(b"x")) for _ in range(2)]
    await asyncio.sleep(0)
    status, body = await hall.send(b"x")
    assert (status, json.loads(body)["type"]) == (503, "/problems/crowded")
    await asyncio.gather(*inside)
    for task in hall.door._inside:
        task.cancel()


async def test_error__of_the_handler_is_raised_and_counted():
    async def fail(_request: Request) -> Any:
        raise ValueError

    hall = Hall(fail)
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        await hall.send(b"x")
    assert hall.counted == [("POST", "none", 500)]


async def test_error__after_the_answer_is_logged_not_lost(caplog):
    async def fail_late(request: Request) -> PlainTextResponse:
        await request.body()
        await asyncio.sleep(2 * QUICK.answer)
        raise ValueError("canary")

    with caplog.at_level("INFO", "kept.http"):
        hall = Hall(fail_late)
        assert (await hall.send(b"x"))[0] == 503
        await asyncio.wait(hall.door._inside)
        await asyncio.sleep(0)
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text

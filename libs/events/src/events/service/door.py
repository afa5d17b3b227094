"""The door every request comes through: it is counted, timed, bounded, and always answered."""

import asyncio
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from opentelemetry import trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import RETRY, Problem, response, unavailable

log = logging.getLogger("kept.http")

ANSWER = 1.8
"""Seconds after the whole body is here until the store's silence is answered 503."""
DEADLINE = "kept.deadline"


class Count(Protocol):
    """Takes note of each answer: method, route (not the path), status, seconds."""

    def __call__(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take."""

    answer: float = ANSWER
    body: float = 10.0
    """Seconds for the body to come."""
    largest: int = 65_536
    """Bytes of a body, where no more are allowed for a path."""
    head: int = 32_768
    """Bytes of path, query and headers."""
    crowd: int = 1024
    """Requests at once; more are answered 503."""


DEFAULT = Limits()


class Deadline:
    """When the door answers for a handler that does not; a handler that waits on purpose puts it off."""

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self.passed: asyncio.Future[None] = self._loop.create_future()
        self._timer = self._loop.call_later(seconds, self._pass)

    def put_off(self, seconds: float) -> None:
        """Start anew: the deadline passes `seconds` from now."""
        self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._pass)

    def end(self) -> None:
        """Stop counting."""
        self._timer.cancel()

    def _pass(self) -> None:
        if not self.passed.done():
            self.passed.set_result(None)


class _Passage:
    """One request on its way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limits: Limits, largest: int) -> None:
        self.status = 0
        self.begun = math.inf
        """When the answer began: a stream may go on for days."""
        self._limits = limits
        self._left = largest
        self._announced = int(dict(scope["headers"]).get(b"content-length", 0))
        self._receive = receive
        self._send = send
        self._whole = scope["method"] in ("GET", "HEAD")
        self._over = False
        self.deadline = Deadline(limits.answer if self._whole else limits.body)

    async def receive(self) -> Message:
        if self._announced > self._left:
            raise _too_large()
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise _too_large()
        self._announced = 0
        if not message.get("more_body", False) and not self._whole:
            self._whole = True
            self.deadline.put_off(self._limits.answer)
        return message

    async def send(self, message: Message) -> None:
        if self._over:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.begun = monotonic()
        await self._send(message)

    def give_up(self) -> Problem:
        """Say what the caller is told from now on, whatever the handler still does."""
        self._over = True
        if self._whole:
            return unavailable()
        return Problem(408, "slow-body", "The body did not come in time.", headers={"Connection": "close"})


class Door:
    """ASGI middleware around a service's routes.

    A handler that is still at work when its deadline passes is left to end by itself: to cancel a query on
    a frozen database does not return (faults K12).
    """

    def __init__(
        self, app: ASGIApp, count: Count, larger: Mapping[str, int], limits: Limits = DEFAULT
    ) -> None:
        self._app = app
        self._larger = larger
        self._limits = limits
        self._count = count
        self._inside: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["query_string"]:
            trace.get_current_span().set_attribute("url.query", "")  # a reference may be personal
        begun, passage = monotonic(), self._passage(scope, receive, send)
        scope[DEADLINE] = passage.deadline
        try:
            await self._through(scope, receive, send, passage)
        finally:
            passage.deadline.end()
            route = getattr(scope.get("route"), "path", "none")
            self._count(
                scope["method"], route, passage.status or 500, min(passage.begun, monotonic()) - begun
            )

    def _passage(self, scope: Scope, receive: Receive, send: Send) -> _Passage:
        largest = self._larger.get(scope["path"], self._limits.largest)
        return _Passage(scope, receive, send, self._limits, largest)

    def _refusal(self, scope: Scope) -> Problem | None:
        if len(self._inside) >= self._limits.crowd:
            return Problem(503, "crowded", "Too many requests at once.", headers=RETRY)
        if _size(scope) > self._limits.head:
            return Problem(431, "head-too-large", "Path, query and headers are too large.")
        return None

    async def _through(self, scope: Scope, receive: Receive, send: Send, passage: _Passage) -> None:
        if (refusal := self._refusal(scope)) is not None:
            passage.status = refusal.status
            await response(refusal)(scope, receive, send)
            return
        task = asyncio.ensure_future(self._app(scope, passage.receive, passage.send))
        self._inside.add(task)
        task.add_done_callback(self._inside.discard)
        try:
            await asyncio.wait({task, passage.deadline.passed}, return_when=asyncio.FIRST_COMPLETED)
            if task.done() or passage.status:
                await asyncio.shield(task)
                return
        except asyncio.CancelledError:
            task.add_done_callback(_note)
            raise
        task.add_done_callback(_note)
        problem = passage.give_up()
        passage.status = problem.status
        await response(problem)(scope, receive, send)


def _size(scope: Scope) -> int:
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return len(scope["path"]) + len(scope["query_string"]) + headers


def _too_large() -> Problem:
    return Problem(413, "too-large", "The body is too large.")


def _note(task: "asyncio.Task[None]") -> None:
    """Take note of how a request ended that nobody waits for any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.info("a request that was given up failed: %s", type(error).__name__)

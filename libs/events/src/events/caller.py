"""A patient client of the services: a command is sent again under its key until its outcome is known."""

import asyncio
import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

import httpx

from .clock import new_id
from .errors import Fault
from .journal import Journal, Line, NoJournal, What

PATIENCE_SECONDS = 60.0
"""How long a call is sent again: a service that was killed is back sooner."""
PAUSES = (0.02, 0.5)
"""First and longest pause before a call is sent again, in seconds."""
PASSING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
IN_FLIGHT = "/problems/in-flight"
"""The type of a 409 that says: this very key is being worked on."""


class Refused(Fault):
    """A service refused a call; `answer` says why."""

    def __init__(self, call: str, answer: "Answer") -> None:
        self.answer = answer
        super().__init__(f"{call} was refused: {answer.status} {answer.content.decode(errors='replace')}")


class Unreachable(Fault):
    """A service did not answer a call in time; what became of it is unknown."""


@dataclass(frozen=True)
class Answer:
    """What a service answered."""

    status: int
    content: bytes
    position: str | None = None
    """`Kept-Position`: the log and the place of the command's last event; none where nothing was written."""
    etag: str | None = None

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON object in it; empty where it holds none."""
        try:
            body = json.loads(self.content)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def id(self) -> str:
        """The id of the thing made."""
        return str(self.body["id"])

    @property
    def items(self) -> list[dict[str, Any]]:
        """The answers to the items of a batch, each with its `status`; else the one object."""
        body = self.body
        return list(body["items"]) if isinstance(body.get("items"), list) else [body]


class Caller:
    """Calls the services; `urls` are their addresses by name."""

    def __init__(
        self,
        urls: Mapping[str, str],
        token: str,
        client: httpx.AsyncClient,
        journal: Journal | None = None,
    ) -> None:
        self._urls = urls
        self._token = token
        self._client = client
        self._journal = journal or NoJournal()

    async def call(
        self,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        after: str | None = None,
    ) -> Answer:
        """Call what is no command, such as a GET; sent again while the service cannot answer.

        `after` is a position that it must have read first. Raises Refused, Unreachable.
        """
        headers = _bearer(self._token) | ({"Kept-After": after} if after else {})
        answer = await self._patiently(method, service, path, headers, body, None)
        return _taken(f"{method} {path} of {service}", answer)

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, Any],
        *,
        key: str | None = None,
        after: str | None = None,
        etag: str | None = None,
        token: str | None = None,
    ) -> Answer:
        """Send a command under an idempotency key (none: a new one) and return its answer.

        `after` is a position (`contacts@7`) that the service must have read first, `etag` the version that a
        PUT or PATCH replaces. Raises Refused for a 4xx, Unreachable after PATIENCE_SECONDS.
        """
        token = token or self._token
        key = key or str(new_id())
        headers = _bearer(token) | {"Idempotency-Key": f'"{key}"'}
        headers |= {"Kept-After": after} if after else {}
        headers |= {"If-Match": etag} if etag else {}
        line = Line(what="invoke", key=key, caller=_subject(token), service=service, method=method, path=path)
        self._journal.write(line)
        answer = await self._patiently(method, service, path, headers, body, line)
        return _taken(f"{method} {path} of {service}", answer)

    async def _patiently(
        self,
        method: str,
        service: str,
        path: str,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None,
        line: Line | None,
    ) -> Answer:
        end, pause, last = time.monotonic() + PATIENCE_SECONDS, PAUSES[0], ""
        while time.monotonic() < end:
            try:
                response = await self._client.request(
                    method, self._urls[service] + path, json=body, headers=headers
                )
            except httpx.TransportError as error:
                last = repr(error)
                self._heard(line, "info")
            else:
                answer = _answer(response)
                self._heard(line, _outcome(answer), answer)
                if _outcome(answer) != "info":
                    return answer
                last = str(answer.status)
            await asyncio.sleep(pause)  # a service that starts again tells nobody
            pause = min(pause * 2, PAUSES[1])
        raise Unreachable(f"{method} {path}: {service} gave no answer in {PATIENCE_SECONDS:.0f} s ({last})")

    def _heard(self, line: Line | None, what: What, answer: Answer | None = None) -> None:
        if line is None:
            return
        heard: dict[str, Any] = {"what": what}
        if answer is not None:
            ids = tuple(str(item.get("id", "")) for item in answer.items)
            heard |= {"status": answer.status, "position": answer.position, "ids": ids}
            heard["changed"] = answer.body.get("changed", True)
        self._journal.write(line.model_copy(update=heard))


def _answer(response: httpx.Response) -> Answer:
    headers = response.headers
    return Answer(response.status_code, response.content, headers.get("Kept-Position"), headers.get("ETag"))


def _outcome(answer: Answer) -> What:
    if any(_passing(item.get("status", answer.status), item) for item in answer.items):
        return "info"
    if answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return "ok"
    return "info" if _passing(answer.status, answer.body) else "fail"


def _passing(status: int, body: Mapping[str, Any]) -> bool:
    return status in PASSING or (status == HTTPStatus.CONFLICT and body.get("type") == IN_FLIGHT)


def _taken(call: str, answer: Answer) -> Answer:
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise Refused(call, answer)
    return answer


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _subject(token: str) -> str:
    """Return whom a token names; the services check it, a client need not."""
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])

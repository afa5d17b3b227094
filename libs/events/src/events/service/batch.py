"""Many commands in one request: one command per item, appended together, answered item by item."""

import asyncio
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response

from events.catalogue import Event
from events.decider import Actor
from events.errors import KeptError

from .bodies import fingerprint, fit, parse
from .command import Commands, CommandSpec
from .door import DEADLINE, Deadline
from .endpoint import Sent, perform_sent, replayed
from .keys import command_id, missing, read_key
from .problems import invalid, problem_of, response, unavailable
from .site import Site, site_of

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)

ITEMS = 512
"""The most items of a batch."""
LARGEST = 1_048_576
"""The bytes a batch may have."""
AT_ONCE = 48
"""Items at work at one time: enough to fill an append, few enough that none waits long for a connection."""
PATIENCE = 15.0
"""Seconds for a whole batch."""


@dataclass(frozen=True, slots=True)
class Batch(Generic[S, C, E]):
    """Answers the requests of one row's batch."""

    commands: Commands[S, C, E]
    spec: CommandSpec
    outages: tuple[type[BaseException], ...]

    async def __call__(self, request: Request) -> Response:
        """Answer one request: `{"items": [{"status": ..., ...}]}`, in the order of the items sent."""
        site = site_of(request)
        actor = await site.identity.actor(request.headers.get("authorization"), self.spec.roles)
        key = read_key(request.headers.getlist("idempotency-key"))
        if key is None:
            raise missing()
        items = _items(parse(await request.body()))
        deadline: Deadline = request.scope[DEADLINE]
        deadline.put_off(PATIENCE)
        await site.waits.to_decide(request)
        room = asyncio.Semaphore(AT_ONCE)
        answers = await asyncio.gather(
            *(self._one(site, actor, f"{key}\x1f{index}", item, room) for index, item in enumerate(items))
        )
        headers = {}
        if places := [
            answer.headers["kept-position"] for answer in answers if "kept-position" in answer.headers
        ]:
            headers["Kept-Position"] = max(places, key=lambda place: int(place.partition("@")[2]))
        return Response(_joined(answers), 200, headers, "application/json")

    async def _one(
        self, site: Site, actor: Actor, key: str, item: dict[str, Any], room: asyncio.Semaphore
    ) -> Response:
        command = command_id(actor, self.spec.method, str(self.spec.batch), key)
        try:
            sent = Sent(
                fit(self.spec.body, item, {}), fingerprint(item, site.parts.lookup), command, actor, None
            )
            async with room:
                return await self._perform(site, sent)
        except KeptError as error:
            return response(problem_of(error))
        except self.outages:
            return response(unavailable())

    async def _perform(self, site: Site, sent: Sent) -> Response:
        with site.flight(sent.command_id):
            return await replayed(site, sent) or await perform_sent(site, self.commands, self.spec, sent)


def _items(data: dict[str, Any]) -> list[dict[str, Any]]:
    items = data.get("items")
    if len(data) != 1 or not isinstance(items, list) or not 0 < len(items) <= ITEMS:
        raise invalid([("items", f'give {{"items": [...]}} with 1 to {ITEMS} items')])
    if wrong := [str(index) for index, item in enumerate(items) if not isinstance(item, dict)]:
        raise invalid([(f"items.{index}", "give an object") for index in wrong])
    return items


def _joined(answers: list[Response]) -> bytes:
    return to_json({"items": [{"status": a.status_code, **from_json(bytes(a.body))} for a in answers]})

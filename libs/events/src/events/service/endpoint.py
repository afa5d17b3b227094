"""One command's way: authenticate, validate, look the key up, wait, prepare, perform, answer (design §5)."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from events.catalogue import Event
from events.decider import Actor
from events.errors import Conflict, Rejection
from events.perform import Context, Performed

from . import record
from .bodies import fingerprint, fit, parse
from .command import Asking, Commands, CommandSpec
from .keys import command_id, missing, read_key
from .problems import Problem
from .site import Site, site_of
from .waits import read_places

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Event)

JSON_TYPES = re.compile(r"(application/([\w.-]+\+)?json\s*(;.*)?)?", re.IGNORECASE)
CREATED = HTTPStatus.CREATED
CHANGES = frozenset({"PATCH", "PUT"})
"""Methods that write over what stands: they say which version they have read."""
NOTHING = 0
"""The version of what does not exist."""
UNREAD = "It is there already: send If-Match with the ETag you have read, or * to write over whatever stands."
_TAG = re.compile(r'"(\d{1,18})"')


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, as far as it was understood."""

    body: BaseModel
    fingerprint: bytes
    command_id: UUID
    actor: Actor
    expected: int | None
    unread: bool = False
    """It writes over what stands and did not say what it has read: it may only make what is new."""


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[S, C, E]):
    """Answers the requests of one row of the table of routes."""

    commands: Commands[S, C, E]
    spec: CommandSpec

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        site = site_of(request)
        actor = await site.identity.actor(request.headers.get("authorization"), self.spec.roles)
        sent = await self._understand(request, actor)
        with site.flight(sent.command_id):
            if (first := await replayed(site, sent)) is not None:
                return first
            await site.waits.to_decide(request)
            return await perform_sent(site, self.commands, self.spec, sent)

    async def _understand(self, request: Request, actor: Actor) -> Sent:
        if not JSON_TYPES.fullmatch(request.headers.get("content-type", "")):
            raise Problem(415, "not-json", "Send the body as application/json.")
        key = read_key(request.headers.getlist("idempotency-key"))
        read_places(request.headers.getlist("kept-after"))
        data = parse(await request.body())
        body = fit(self.spec.body, data, request.path_params)
        if key is None and self.spec.method == "POST":
            raise missing()
        command = command_id(actor, self.spec.method, request.url.path, key)
        tags = request.headers.getlist("if-match")
        unread = not tags and self.spec.method in CHANGES
        expected = NOTHING if unread else read_expected(tags)
        return Sent(body, fingerprint(data, site_of(request).parts.lookup), command, actor, expected, unread)


async def replayed(site: Site, sent: Sent) -> Response | None:
    """Return the first answer to what was sent, if it was sent before. Raises Problem, 422."""
    log = site.parts.log
    kept = await log.find(sent.command_id)
    return None if kept is None else record.replay(kept, sent.fingerprint, log.name)


async def perform_sent(site: Site, commands: Commands[S, C, E], spec: CommandSpec, sent: Sent) -> Response:
    """Perform what was sent; what is refused or changes nothing is looked up again: it may be done by now.

    Raises Rejection, Conflict, Problem, Unavailable.
    """
    try:
        return await _perform(site, commands, spec, sent)
    except (Rejection, Conflict) as error:
        if (first := await replayed(site, sent)) is not None:
            return first
        if isinstance(error, Conflict) and sent.unread:
            raise Problem(428, "if-match-missing", UNREAD) from error
        if isinstance(error, Conflict) and sent.expected is not None:
            raise Problem(412, "changed-meanwhile", str(error)) from error
        raise


async def _perform(site: Site, commands: Commands[S, C, E], spec: CommandSpec, sent: Sent) -> Response:
    asking = Asking(sent.command_id, sent.actor, site.parts)
    command: Any = await commands.prepare(sent.body, asking) if commands.prepare else sent.body

    def answer(state: S, version: int, events: tuple[E, ...]) -> bytes:
        members = commands.answer(command, state, version, events)
        place = spec.location.format_map({**dict(sent.body), **members}) if spec.status == CREATED else ""
        return record.answered(spec.status, version, place, members).encode()

    context = Context(
        sent.command_id,
        sent.actor,
        correlation=sent.command_id,
        fingerprint=sent.fingerprint,
        occurred_at=getattr(command, "occurred_at", None),
        expected=sent.expected,
        skew_limit=site.parts.skew_limit,
    )
    performed = await commands.performer.perform(commands.stream(command), command, context, answer)
    if performed.appended is not None:
        return record.replay(performed.appended, sent.fingerprint, site.parts.log.name)
    return await replayed(site, sent) or await _unchanged(site, commands, command, performed)


async def _unchanged(
    site: Site, commands: Commands[S, C, E], command: C, performed: Performed[S, E]
) -> Response:
    members = commands.answer(command, performed.state, performed.version, ())
    answer = record.answered(HTTPStatus.OK, performed.version, "", {**members, "changed": False})
    head = await site.parts.log.head()
    return record.response(answer, f"{site.parts.log.name}@{head.position}")


def read_expected(values: list[str]) -> int | None:
    """Return the version in `If-Match`, none where there is none. Raises Problem, 400 or 412."""
    if not values or values == ["*"]:
        return None
    if len(values) > 1 or not (tag := _TAG.fullmatch(values[0].strip())):
        if len(values) == 1 and values[0].startswith(("W/", '"')) and "," not in values[0]:
            raise Problem(412, "changed-meanwhile", "No version has this entity tag.")
        raise Problem(400, "if-match-malformed", 'If-Match takes one strong entity tag, such as "3".')
    return int(tag[1])

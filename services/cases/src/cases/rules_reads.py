"""What is read of owners, teams, calendars and policies, and what a policy would do."""

import json
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from events.catalogue import CalendarPublished, PolicyPublished
from events.errors import Invalid, Unknown
from events.fields import Name
from events.service import Cursor, Limit, Parts, page, tagged
from events.service.bodies import fit, parse
from events.service.command import command
from events.service.openapi import operation

from . import calendar, owner, policy, team
from .aim import Measure
from .examples import EXAMPLES
from .listing import listed
from .owner import Owner
from .policy import Policy, published
from .policy.decide import versions
from .preview import Occasion, Preview, PreviewPolicy, preview
from .shelf import Shelf
from .team import Team

Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="An earlier version; none: the last.")]
PREVIEW = "/policies/{name}/preview"
_SPEC = command(PreviewPolicy, "POST", f"/v1{PREVIEW}", example=EXAMPLES[PreviewPolicy])
_BODY = {"requestBody": operation(_SPEC)["requestBody"]}


V = TypeVar("V", CalendarPublished, PolicyPublished)


class Page(BaseModel):
    """A page of a list: each thing as it stands."""

    items: list[dict[str, Any]]
    next: str | None


def rules_reads(parts: Parts, shelf: Shelf) -> APIRouter:
    """Return the reads of what commitments are made under."""
    router = APIRouter()
    for add in (_owners, _teams, _calendars, _policies, _previews):
        add(router, parts, shelf)
    return router


def _owners(router: APIRouter, parts: Parts, shelf: Shelf) -> None:
    @router.get("/owners", response_model=Page)
    async def list_owners(cursor: Cursor, limit: Limit = 50) -> Any:
        """Return owners, by name."""
        return await _page(parts, "owner", cursor, limit)

    @router.get("/owners/{name}", response_model=Owner)
    async def get_owner(name: Name, answer: Response) -> Any:
        """Return an owner."""
        version, found = await shelf.owners.state(owner.stream(name))
        if found is None:
            raise Unknown(what="owner", id=name)
        tagged(answer, version)
        return found


def _teams(router: APIRouter, parts: Parts, shelf: Shelf) -> None:
    @router.get("/teams", response_model=Page)
    async def list_teams(cursor: Cursor, limit: Limit = 50) -> Any:
        """Return teams, by name."""
        return await _page(parts, "team", cursor, limit)

    @router.get("/teams/{name}", response_model=Team)
    async def get_team(name: Name, answer: Response) -> Any:
        """Return a team."""
        version, found = await shelf.teams.state(team.stream(name))
        if found is None:
            raise Unknown(what="team", id=name)
        tagged(answer, version)
        return found


def _calendars(router: APIRouter, parts: Parts, shelf: Shelf) -> None:
    @router.get("/calendars", response_model=Page)
    async def list_calendars(cursor: Cursor, limit: Limit = 50) -> Any:
        """Return calendars as they stand, by name."""
        return await _page(parts, "calendar", cursor, limit)

    @router.get("/calendars/{name}", response_model=CalendarPublished)
    async def get_calendar(name: Name, answer: Response, version: Version = None) -> Any:
        """Return a version of a calendar."""
        reached, found = await shelf.calendars.state(calendar.stream(name))
        if version is None:
            tagged(answer, reached)
        return _version("calendar", name, found, version)


def _policies(router: APIRouter, parts: Parts, shelf: Shelf) -> None:
    @router.get("/policies", response_model=Page)
    async def list_policies(cursor: Cursor, limit: Limit = 50) -> Any:
        """Return policies as they stand, by name; until it is published, `default` is not among them."""
        return await _page(parts, "policy", cursor, limit)

    @router.get("/policies/{name}", response_model=PolicyPublished, response_model_exclude_none=True)
    async def get_policy(name: Name, answer: Response, version: Version = None) -> Any:
        """Return a version of a policy."""
        reached, found = await shelf.policies.state(policy.stream(name))
        if version is None:
            tagged(answer, reached)
        return _version("policy", name, versions(name, found), version)


def _previews(router: APIRouter, parts: Parts, shelf: Shelf) -> None:
    @router.post(PREVIEW, response_model=Preview, openapi_extra=_BODY)
    async def preview_policy(name: Name, request: Request) -> Any:
        """Say what a policy would do with a contact, and why; nothing is written."""
        asked = fit(PreviewPolicy, parse(await request.body()), {})
        held = await _asked_for(shelf, name, asked)
        setting = await shelf.under(held, asked.owner)
        if asked.owner is not None and not setting.found:
            raise Invalid(
                field="owner", reason=f"{asked.owner} is not registered: PUT /v1/owners/{asked.owner}"
            )
        book = await shelf.load(calendars=[setting.calendar])
        hours = book.calendar(setting.calendar) if setting.calendar else None
        measure = Measure(setting.zone, hours, setting.calendar)
        return preview(held, Occasion(asked, asked.at or await parts.log.now(), measure, setting.zone))


async def _asked_for(shelf: Shelf, name: str, asked: PreviewPolicy) -> Policy:
    """Return the version or the draft that is asked for. Raises Unknown; Invalid for an impossible draft."""
    found = await shelf.policy_versions(name)
    if asked.draft is not None:
        return Policy.of(published(asked.draft, name, len(found) + 1))
    return Policy.of(_version("policy", name, found, asked.version))


def _version(kind: str, name: str, found: tuple[V, ...], version: int | None) -> V:
    if not found:
        raise Unknown(what=kind, id=name)
    if version is not None and version > len(found):
        raise Unknown(what=kind, id=f"{name}@{version}")
    return found[-1 if version is None else version - 1]


async def _page(parts: Parts, kind: str, cursor: Cursor, limit: int) -> dict[str, Any]:
    place = cursor.place(str)
    found = await listed(parts.pool, kind, place[0] if place else "", limit + 1)
    shown = page(found, limit, lambda item: cursor.write(item.name))
    items = [{"version": each.version, **json.loads(each.body)} for each in shown["items"]]
    return shown | {"items": items}

"""`POST /v1/openings`: what sealed words of the own log say, for the services that follow it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.requests import Request

from events.errors import Undecodable
from events.fields import Body, Id
from events.sealing import Opening, key_id

from .bodies import fit, parse
from .command import command
from .entry import Reach
from .openapi import operation
from .problems import invalid
from .site import site_of

MOST = 512
"""How many tokens are opened at once."""
LARGEST = 1_048_576
"""The bytes a request may have."""
PATH = "/v1/openings"
ROLES = frozenset({"system"})


class Sealed(Body):
    """A token: whose event and which field it stands in."""

    event: Id
    field: Literal["words"]
    """Nothing else is handed on: neither who somebody is, nor any secret."""
    value: Annotated[str, Field(max_length=100_000)]


class OpenWords(Body):
    """Open tokens of this service's log."""

    sealed: Annotated[tuple[Sealed, ...], Field(min_length=1, max_length=MOST)]


class Opened(BaseModel):
    """What the tokens say, in their order."""

    clear: list[str]


EXAMPLE = {
    "sealed": [
        {
            "event": "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90",
            "field": "words",
            "value": "kept:1:6f0a3c1e-5d0e-4f3e-9f3e-2d7f4c1b8a90:q83vEjRWeJq8",
        }
    ]
}
_SPEC = command(OpenWords, "POST", PATH, roles=ROLES, example=EXAMPLE)
_BODY = {"requestBody": operation(_SPEC)["requestBody"]}

router = APIRouter(dependencies=[Depends(Reach(ROLES))])


@router.post(PATH, response_model=Opened, openapi_extra=_BODY)
async def open_words(request: Request) -> Any:
    """Say what sealed words say, `[erased]` where their key is destroyed; nothing is written."""
    asked = fit(OpenWords, parse(await request.body()), {}).sealed
    ids = [key_id(each.value) for each in asked]
    if wrong := [place for place, id_ in enumerate(ids) if id_ is None]:
        raise invalid([(f"sealed.{place}.value", "is no token") for place in wrong])
    keys = await site_of(request).parts.keyring.keys({id_ for id_ in ids if id_ is not None})
    clear, errors = [], []
    for place, each in enumerate(asked):
        try:
            clear.append(Opening(keys, each.event)(each.field, each.value))
        except Undecodable:
            errors.append((f"sealed.{place}.value", "was sealed for another event or field, or changed"))
    if errors:
        raise invalid(errors)
    return {"clear": clear}

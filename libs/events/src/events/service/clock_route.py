"""Profile `dev` only: the driven clock, and whether all is at rest."""

from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request

from events.fields import Body, Instant

from .bodies import fit, parse
from .command import READERS
from .entry import Entry
from .site import site_of

DRIVING = frozenset({"/v1/clock", "/v1/settled"})
"""The paths of profile `dev`; they wait for nothing."""
DRIVERS = frozenset({"operator", "system"})

router = APIRouter(prefix="/v1")


CLOCK = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["at"],
                    "properties": {"at": {"type": "string", "format": "date-time"}},
                },
                "example": {"at": "2026-03-02T09:00:00+07:00"},
            }
        },
    }
}


class ClockSet(Body):
    """Set domain time."""

    at: Instant


@router.get("/clock", dependencies=[Depends(Entry(READERS))])
async def clock(request: Request) -> dict[str, Any]:
    """Return domain time."""
    return {"at": await site_of(request).parts.log.now()}


@router.put("/clock", openapi_extra=CLOCK, dependencies=[Depends(Entry(DRIVERS))])
async def set_clock(request: Request) -> dict[str, Any]:
    """Set domain time: not before the clock as set, nor before the last event."""
    body = fit(ClockSet, parse(await request.body()), {})
    await site_of(request).parts.log.set_clock(body.at)
    return {"at": body.at}


@router.get("/settled", dependencies=[Depends(Entry(READERS))])
async def settled(request: Request) -> dict[str, Any]:
    """Return how far this service has come, in one statement."""
    return await site_of(request).settled()

"""What is read of timers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, TypeAdapter

from events.catalogue.terms import Role
from events.fields import Id, Instant
from events.service import Cursor, Limit, Parts, page

from . import tables
from .reminder import Held

_INSTANT = TypeAdapter[datetime](Instant)


class TimerShown(BaseModel):
    """A timer that stands: at this instant a reminder is due, or the commitment itself."""

    id: UUID
    commitment: UUID
    case: UUID
    revision: int
    name: str
    """`rung-1…n`, `due`, `review-1…3`, `limit` or `owner_by`."""
    role: Role
    at: datetime
    """As planned."""
    fires_at: datetime | None
    """None: it waits until the customer is told of the new due."""
    due: datetime | None
    """The due that the customer knows; none: it has none yet."""
    short_notice: bool


class TimersListed(BaseModel):
    """A page of timers, the first to come first."""

    items: list[TimerShown]
    next: str | None


class Upcoming(BaseModel):
    """What the scheduler waits for."""

    backlog: int
    """How many timers have come and not fired."""
    timer: TimerShown | None
    """The one that fires first."""


def reads(parts: Parts) -> APIRouter:
    """Return every read of the service."""
    router = APIRouter(prefix="/v1/timers")

    @router.get("", response_model=TimersListed)
    async def list_timers(
        cursor: Cursor,
        commitment: Id | None = None,
        before: Instant | None = None,
        limit: Limit = 50,
    ) -> Any:
        """Return the timers that stand, the first to come first; of one commitment, or before an instant."""
        place: Any = cursor.place(_INSTANT.validate_python, UUID)
        found = await tables.standing(
            parts.pool, limit + 1, commitment=commitment, before=before, after=place
        )
        shown_page = page(found, limit, lambda timer: cursor.write(timer.planned, timer.id))
        return shown_page | {"items": [shown(timer) for timer in shown_page["items"]]}

    @router.get("/next", response_model=Upcoming)
    async def get_next() -> Any:
        """Return the timer that fires first, and how many should have fired already."""
        backlog, timer = await tables.upcoming(parts.pool)
        return Upcoming(backlog=backlog, timer=shown(timer) if timer else None)

    return router


def shown(timer: Held) -> TimerShown:
    """Return a timer as callers see it."""
    return TimerShown(
        id=timer.id,
        commitment=timer.commitment,
        case=timer.case,
        revision=timer.revision,
        name=timer.name,
        role=timer.role,
        at=timer.planned,
        fires_at=timer.fire_at,
        due=timer.due,
        short_notice=timer.short_notice,
    )

"""By when: as people say it, and the instant that follows (commitment.md §5.2)."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from events.catalogue.terms import AfterDuration, AtInstant, AtWallTime, Rule
from events.errors import Invalid
from events.fields import LAST, Body, Instant, Lead, WallTime, Zone
from worktime import after, resolve_wall_time


class ByWallTime(Body):
    """By a time on the wall: in the zone said, else the customer's."""

    wall_time: WallTime
    zone: Zone | None = None


class Within(Body):
    """Within a real duration from now."""

    within: Lead


def _form(value: Any) -> str | None:
    if isinstance(value, str | datetime):
        return "instant"
    if isinstance(value, ByWallTime) or (isinstance(value, dict) and "wall_time" in value):
        return "wall_time"
    if isinstance(value, Within) or (isinstance(value, dict) and "within" in value):
        return "within"
    return None


By = Annotated[
    Annotated[Instant, Tag("instant")]
    | Annotated[ByWallTime, Tag("wall_time")]
    | Annotated[Within, Tag("within")],
    Discriminator(
        _form,
        custom_error_type="due",
        custom_error_message="give an instant, a wall_time (with a zone), or within (a duration)",
    ),
]
"""By when: an instant, a wall time, or a real duration."""


def resolve(by: datetime | ByWallTime | Within, *, now: datetime, zone: str) -> tuple[datetime, Rule]:
    """Return the due and the rule it follows from; `zone` is the customer's.

    Raises Invalid (field `due`) unless now < due < year 2200.
    """
    due, rule = _resolve(by, now, zone)
    if due <= now:
        raise Invalid(field="due", reason=f"must lie ahead of {now.isoformat()}")
    if due >= LAST:
        raise Invalid(field="due", reason="must lie before the year 2200")
    return due, rule


def _resolve(by: datetime | ByWallTime | Within, now: datetime, zone: str) -> tuple[datetime, Rule]:
    match by:
        case Within():
            return after(now, by.within), AfterDuration(lasts=by.within)
        case ByWallTime():
            return _on_a_wall(by.wall_time, by.zone or zone)
        case _:
            return by, AtInstant(at=by)


def _on_a_wall(local: datetime, zone: str) -> tuple[datetime, Rule]:
    try:
        found = resolve_wall_time(local, zone)
    except OverflowError:
        raise Invalid(field="due", reason="must lie before the year 2200") from None
    rule = AtWallTime(local=local, zone=zone, gap_shifted=found.gap_shifted, fold=found.fold)
    return found.at, rule

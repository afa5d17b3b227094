"""Promises that may be more than can be kept, or not what is needed: warned of, never changed (A2, F9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from events.catalogue.terms import OverPromise
from worktime import Calendar, HorizonPassed, is_open

from .telling import on_wall

CLOSE = timedelta(hours=1)
"""Two promises of one owner that are due less than this apart collide."""
INSTANT = timedelta(microseconds=1)


def warnings(
    due: datetime,
    *,
    needed_by: datetime | None = None,
    owner_calendar: Calendar | None = None,
    aim_due: datetime | None = None,
    others: Sequence[tuple[UUID, datetime]] = (),
    position: int | None = None,
    zone: str = "UTC",
    children: Sequence[tuple[UUID, datetime]] = (),
) -> tuple[OverPromise, ...]:
    """Return what is to be said of a promise due then; `aim_due` is what the policy aims at.

    `others` are what its owner has to keep besides, each with its due, as of `position` of the log. `zone` is
    on whose walls instants are told where there are no hours. Closing time is inside the hours. `children`
    are the internal commitments that are still open for it, each with its due.
    """
    wall = owner_calendar.zone if owner_calendar else zone
    found = list[OverPromise]()
    at = f"{on_wall(due, wall)} ({wall})"
    if needed_by is not None and due > needed_by:
        says = f"Due {at}, but needed by {on_wall(needed_by, wall)}."
        found.append(OverPromise(kind="later_than_needed", says=says))
    if owner_calendar is not None and not _within(owner_calendar, due):
        found.append(OverPromise(kind="outside_hours", says=f"Due {at}, when its owner does not work."))
    if aim_due is not None and due > aim_due:
        says = f"Due {at}, later than the policy's {on_wall(aim_due, wall)}."
        found.append(OverPromise(kind="beyond_target", says=says))
    near = tuple(id_ for id_, other in others if abs(other - due) < CLOSE)
    if near:
        says = f"Due {at}, within the hour of {len(near)} other promise{'s' * (len(near) > 1)} of its owner."
        found.append(OverPromise(kind="colliding", says=says, others=near, position=position))
    after = tuple(id_ for id_, child in children if child > due)
    if after:
        says = f"Due {at}, before {len(after)} internal commitment{'s' * (len(after) > 1)} that it hangs on."
        found.append(OverPromise(kind="before_its_children", says=says, others=after))
    return tuple(found)


def _within(hours: Calendar, at: datetime) -> bool:
    try:
        return is_open(hours, at) or is_open(hours, at - INSTANT)
    except HorizonPassed:
        return False

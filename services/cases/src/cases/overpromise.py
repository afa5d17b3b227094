"""stub"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from events.catalogue.terms import OverPromise
from worktime import Calendar


def warnings(
    due: datetime,
    *,
    needed_by: datetime | None,
    owner_calendar: Calendar | None,
    aim_due: datetime | None,
    others: Sequence[tuple[UUID, datetime]],
    position: int | None,
) -> tuple[OverPromise, ...]:
    return ()

"""`events tail` and `events parked`: what a log says, and what could not be taken in."""

import json
from datetime import UTC

from events.errors import Undecodable
from events.feed import to_json
from events.postgres import parked
from events.recorded import Stored
from events.wire import decode

from .place import Installation

PAGE = 500
FOLLOW_SECONDS = 1.0


def line(row: Stored) -> str:
    """Return a row as one readable line: position, time, stream, type, who, and what it says."""
    try:
        recorded = decode(row)
        who, said = recorded.metadata.actor, recorded.event.model_dump_json(exclude_defaults=True)
    except Undecodable as error:
        who, said = "?", f"cannot be read: {error}"
    at = row.recorded_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{row.log}@{row.position:<6} {at}  {row.stream}  {row.type} by {who}  {said}"


async def tail(place: Installation, service: str, after: int, *, follow: bool, as_json: bool) -> None:
    """Print the rows of a service's log after a position, and, if asked to follow, those to come."""
    async with place.log(service) as log:
        while True:
            for row in await log.tail(after, PAGE):
                print(json.dumps(to_json(row)) if as_json else line(row), flush=True)
                after = row.position
            if not await log.grown(after, FOLLOW_SECONDS if follow else 0) and not follow:
                return


async def list_parked(place: Installation, service: str) -> None:
    """Print each parked stream of a service: which, where, why, and how many rows wait."""
    async with place.database(service) as pool:
        found = await parked.listed(pool)
    for each in found:
        print(f"{each.subscription}  {each.stream}  from {each.position}, {each.rows} rows: {each.error}")
    if not found:
        print(f"{service}: nothing is parked")


async def show_parked(place: Installation, service: str, subscription: str, stream: str) -> None:
    """Print the rows that are parked of one stream."""
    async with place.database(service) as pool:
        for unfit in await parked.waiting(pool, subscription, stream):
            print(line(unfit.row))
            print(f"    {unfit.error or 'waits for the one before'}")


async def retry_parked(
    place: Installation, service: str, subscription: str | None, stream: str | None
) -> None:
    """Have parked streams tried again at once."""
    async with place.database(service) as pool:
        print(f"{await parked.hurry(pool, subscription, stream)} rows will be tried again within seconds")

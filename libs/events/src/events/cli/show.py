"""`events tail` and `events parked`: what a log says, and what could not be taken in."""

import json
from datetime import UTC

from events.errors import Undecodable
from events.feed import to_json
from events.postgres import parked
from events.postgres.parked import ParkedStream
from events.recorded import Stored
from events.wire import decode

from .place import Installation

PAGE = 500
FOLLOW_SECONDS = 1.0
REASON = 300
"""The most letters of a reason that are shown."""


def line(row: Stored) -> str:
    """Return a row as one readable line: position, time, stream, type, who, and what it says."""
    try:
        recorded = decode(row)
        who, said = recorded.metadata.actor, recorded.event.model_dump_json(exclude_defaults=True)
    except Undecodable as error:
        who, said = "?", f"cannot be read: {_brief(str(error))}"
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
        print(f"{service}: {summary(each)}")
    if not found:
        print(f"{service}: nothing is parked")


def summary(stream: ParkedStream) -> str:
    """Return a parked stream as one line, which names what `show` and `retry` take."""
    rows = f"{stream.rows} row{'s' * (stream.rows > 1)}"
    tries = f"tried {stream.tries + 1} time{'s' * (stream.tries > 0)}"
    return (
        f"{stream.subscription} {stream.stream}: {rows} from {stream.position}, {tries}: "
        f"{_brief(stream.error)}"
    )


async def show_parked(place: Installation, service: str, subscription: str, stream: str) -> None:
    """Print why a stream is parked, and the rows of it that wait."""
    async with place.database(service) as pool:
        found = [each for each in await parked.listed(pool) if _is(each, subscription, stream)]
        waiting = await parked.waiting(pool, subscription, stream)
    for each in found:
        print(f"{service}: {summary(each)}")
    for unfit in waiting:
        print(f"  {line(unfit.row)}")
    if not found:
        print(f"{service}: {subscription} has not parked {stream}")


async def retry_parked(
    place: Installation, service: str, subscription: str | None, stream: str | None
) -> None:
    """Have parked streams tried again at once."""
    async with place.database(service) as pool:
        streams = await parked.hurry(pool, subscription, stream)
    will = "1 stream is" if streams == 1 else f"{streams} streams are"
    print(
        f"{service}: {will} tried again within seconds" if streams else f"{service}: nothing is parked there"
    )


def _is(parked: ParkedStream, subscription: str, stream: str) -> bool:
    return (parked.subscription, parked.stream) == (subscription, stream)


def _brief(reason: str) -> str:
    return " ".join(reason.split())[:REASON]

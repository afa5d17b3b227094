"""The same events as the library `eventsourcing` keeps and replays them; needs libpq."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate
from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, UUIDAsHex
from eventsourcing.postgres import PostgresApplicationRecorder
from pydantic import BaseModel

from events.catalogue import Event
from events.clock import derived_id
from events.recorded import Metadata
from events.testing import NOW

from .stock import datastore


class Told(Aggregate.Event):
    """What one of our events says, and its metadata."""

    kind: str
    said: dict[str, Any]
    metadata: dict[str, Any]


async def stock_replay(
    dsn: str, events: Sequence[Event], metadata: Metadata, page: int
) -> Callable[[], Awaitable[int]]:
    """Record these events, each the first of an aggregate; return what replays them."""
    transcoder = JSONTranscoder()
    for transcoding in (UUIDAsHex(), DatetimeAsISO()):
        transcoder.register(transcoding)
    mapper: Mapper[UUID] = Mapper(transcoder)
    recorder = PostgresApplicationRecorder(datastore(dsn, 1), events_table_name="stock")
    recorder.create_table()
    for first in range(0, len(events), page):
        told = enumerate(events[first : first + page], first)
        recorder.insert_events([mapper.to_stored_event(_told(n, each, metadata)) for n, each in told])

    async def replay() -> int:
        seen = 0
        while rows := recorder.select_notifications(seen + 1, page):
            for row in rows:
                mapper.to_domain_event(row)
            seen += len(rows)
        return seen

    return replay


def _told(number: int, event: Event, metadata: Metadata) -> Any:
    made: Any = Told  # the library makes a dataclass of it, which no type checker knows
    return made(
        originator_id=derived_id("aggregate", number),
        originator_version=1,
        timestamp=NOW,
        kind=type(event).__name__,
        said=_plain(event),
        metadata=_plain(metadata),
    )


def _plain(value: Any) -> Any:
    """Return a value as the library keeps it: ids and instants with their types, models as objects."""
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    return value if isinstance(value, UUID | datetime | str | int | float | None) else str(value)

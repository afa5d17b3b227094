"""Rows for tests: events as a log would hold them, chained and hashed."""

from datetime import UTC, datetime
from uuid import UUID

from events.catalogue import Event
from events.clock import derived_id
from events.recorded import Metadata, Recorded, Stored
from events.wire import ORIGIN, chain_hash, content_hash, encode

LOG_ID = UUID(int=1)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def recorded(*events: Event, log: str = "cases", stream: str = "case-1") -> list[Recorded[Event]]:
    """Return these events as one stream of a log, from position 1."""
    rows: list[Recorded[Event]] = []
    previous = ORIGIN
    for position, event in enumerate(events, 1):
        kind, schema, data = encode(event)
        event_id = derived_id("event", log, position)
        metadata = Metadata(actor="agent", correlation=UUID(int=2))
        raw = metadata.model_dump_json().encode()
        content = content_hash(stream, event_id, kind, schema, data, raw, AT)
        previous = chain_hash(previous, position, position, AT, content)
        row = Stored(
            log,
            LOG_ID,
            position,
            stream,
            position,
            event_id,
            kind,
            schema,
            data,
            raw,
            AT,
            AT,
            content,
            previous,
        )
        rows.append(Recorded(event, metadata, row))
    return rows

"""A row of a log as a Kafka record, and back: CloudEvents 1.0 in binary mode.

Value and key are the row's data and stream; all else travels in headers, so that content hash and chain can
be verified from the topic alone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from events.errors import Undecodable
from events.recorded import Stored
from events.wire import instant, rfc3339

from .cloud_event import CloudEvent, read

Headers = tuple[tuple[str, bytes], ...]
_TRACEPARENT = re.compile(rb'"traceparent":\s?"([0-9a-f]{2}(?:-[0-9a-f]+){3})"')
_TRACESTATE = re.compile(rb'"tracestate":\s?"((?:[ !#-\[\]-~]|\\["\\])+)"')
"""In metadata as JSON; within a string their quotes would be escaped."""
_ESCAPED = re.compile(rb'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Record:
    """What is sent."""

    key: bytes
    value: bytes
    headers: Headers
    traceparent: str | None = None


def to_record(row: Stored) -> Record:
    """Return the record of a row."""
    stream, found = row.stream.encode(), _TRACEPARENT.search(row.metadata)
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(row.event_id).encode()),
        ("ce_source", f"/kept/{row.log}".encode()),
        ("ce_type", row.type.encode()),
        ("ce_subject", stream),
        ("ce_time", rfc3339(row.occurred_at).encode()),
        ("content-type", b"application/json"),
        ("kept_log", str(row.log_id).encode()),
        ("kept_position", b"%d" % row.position),
        ("kept_version", b"%d" % row.version),
        ("kept_schema", b"%d" % row.schema),
        ("kept_recorded", rfc3339(row.recorded_at).encode()),
        ("kept_metadata", row.metadata),
        ("kept_content", row.content.hex().encode()),
        ("kept_hash", row.hash.hex().encode()),
    )
    if found is None:
        return Record(stream, row.data, headers)
    trace: Headers = (("traceparent", found[1]),)
    if (state := _TRACESTATE.search(row.metadata)) is not None:
        trace += (("tracestate", _ESCAPED.sub(rb"\1", state[1])),)
    return Record(stream, row.data, headers + trace, found[1].decode())


def from_record(
    log: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]
) -> Stored:
    """Return the row of the log named `log` in a record.

    Raises Undecodable where it is none: no CloudEvent, somebody else's, damaged, or a row of another log.
    """
    raw = dict(headers)
    event = read(raw, value or b"")
    source = event.attributes["source"]
    if source != f"/kept/{log}":
        raise Undecodable(f"not a record of the log {log}: {event.attributes['type']} of {source}")
    try:
        row = _row(log, event, raw)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Undecodable(f"not a record of a log: {error!r}") from error
    if key != row.stream.encode():
        raise Undecodable(f"not a record of the log {log}: {row.stream} under the key {key!r}")
    return row


def _row(log: str, event: CloudEvent, raw: Mapping[str, bytes]) -> Stored:
    told = event.attributes
    return Stored(
        log=log,
        log_id=UUID(raw["kept_log"].decode()),
        position=int(raw["kept_position"]),
        stream=told["subject"],
        version=int(raw["kept_version"]),
        event_id=UUID(told["id"]),
        type=told["type"],
        schema=int(raw["kept_schema"]),
        data=event.data,
        metadata=raw["kept_metadata"],
        occurred_at=instant(told["time"]),
        recorded_at=instant(raw["kept_recorded"].decode()),
        content=bytes.fromhex(raw["kept_content"].decode()),
        hash=bytes.fromhex(raw["kept_hash"].decode()),
    )

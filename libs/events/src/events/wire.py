"""The codec: events to bytes and back, versions lifted by upcasters, and the two hashes of a row."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from .catalogue import TYPES, Event
from .errors import Undecodable
from .recorded import Metadata, Recorded, Stored
from .sealing import NO_KEYS, Keys, Opening, Seal

Json = dict[str, Any]
Upcaster = Callable[[Json], Json]

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""(type, n) → the function that lifts data of version n to n + 1."""

ORIGIN = b"\x00"
"""What stands before the first row's chain hash."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_int8 = Struct(">q").pack


def encode(event: Event, seal: Seal | None = None) -> tuple[str, int, bytes]:
    """Return type, schema version and data of an event, what is personal sealed where there is a seal."""
    data = event.__pydantic_serializer__.to_json(event, context=seal)
    return type(event).__name__, event.schema_version, data


def decode(row: Stored, keys: Keys = NO_KEYS) -> Recorded[Event]:
    """Return the event in a row, opened as far as `keys` go; tokens of other keys stay sealed.

    Raises Undecodable for an unknown type, a version newer than ours, or data that does not fit.
    """
    event = decode_data(row.type, row.schema, row.data, Opening(keys, row.event_id) if keys else None)
    return Recorded(event, decode_metadata(row), row)


def decode_metadata(row: Stored) -> Metadata:
    """Return who and what caused the event in a row. Raises Undecodable."""
    try:
        found: Metadata = Metadata.__pydantic_validator__.validate_json(row.metadata)
    except ValidationError as error:
        raise Undecodable(f"metadata at {row.log}@{row.position}: {error}") from error
    return found


def decode_data(kind: str, schema: int, data: bytes, opening: Opening | None = None) -> Event:
    """Return the event of these bytes, lifted to the newest version. Raises Undecodable."""
    cls = TYPES.get(kind)
    if cls is None or not 1 <= schema <= cls.schema_version:
        raise Undecodable(f"{kind} version {schema} is not known to this release")
    try:
        if schema == cls.schema_version:
            found: Event = cls.__pydantic_validator__.validate_json(data, context=opening)
            return found
        lifted = json.loads(data)
        for version in range(schema, cls.schema_version):
            lifted = UPCASTERS[kind, version](lifted)
        return cls.model_validate(lifted, context=opening)
    except (ValueError, KeyError, RecursionError) as error:
        raise Undecodable(f"{kind} version {schema}: {error}") from error


def check_upcasters() -> None:
    """Raise LookupError where a version between 1 and the newest of a type cannot be lifted."""
    for name, cls in TYPES.items():
        for version in range(1, cls.schema_version):
            if (name, version) not in UPCASTERS:
                raise LookupError(f"no upcaster for {name} version {version}")


def microseconds(at: datetime) -> int:
    """Return an instant as microseconds since 2000-01-01Z, as PostgreSQL counts them."""
    return (at - _EPOCH) // _MICROSECOND


def rfc3339(at: datetime) -> str:
    """Return an instant as text, in UTC to the microsecond."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def instant(text: str) -> datetime:
    """Return the instant that `rfc3339` wrote. Raises ValueError where it has no offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return at.astimezone(UTC)


def content_hash(
    stream: str,
    event_id: UUID,
    kind: str,
    schema: int,
    data: bytes,
    metadata: bytes,
    occurred_at: datetime,
) -> bytes:
    """Return SHA-256 over the length-prefixed parts of an event that its writer decides (design §2)."""
    name, literal = stream.encode(), kind.encode()
    parts = (
        *(_int8(len(name)), name, _int8(16), event_id.bytes, _int8(len(literal)), literal),
        *(_int8(8), _int8(schema), _int8(len(data)), data, _int8(len(metadata)), metadata),
        *(_int8(8), _int8(microseconds(occurred_at))),
    )
    return sha256(b"".join(parts)).digest()


def chain_hash(previous: bytes, position: int, version: int, recorded_at: datetime, content: bytes) -> bytes:
    """Return SHA-256(0x00, previous, position, version, recorded_at, content): the chain's next value."""
    recorded = _int8(microseconds(recorded_at))
    return sha256(b"\x00" + previous + _int8(position) + _int8(version) + recorded + content).digest()

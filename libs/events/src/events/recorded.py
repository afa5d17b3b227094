"""An event as the log holds it: `Stored` (exact bytes) and `Recorded[E]` (decoded)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

E_co = TypeVar("E_co", covariant=True)


class Metadata(BaseModel):
    """Who caused an event, and by what."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    actor: str
    """Subject of the token; a service's own name where it acted by itself."""
    roles: tuple[str, ...] = ()
    correlation: UUID
    """The first command of the chain."""
    causation: UUID | None = None
    """The event that caused this one, in another service."""
    traceparent: str | None = None
    """The span that recorded it, as W3C Trace Context writes it."""
    tracestate: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """What the caller's tracing said along with the trace; it stays with it."""
    source: str = ""  # which service


@dataclass(frozen=True, slots=True)
class Stored:
    """One row of a log, its bytes untouched."""

    log: str
    log_id: UUID
    position: int
    stream: str
    version: int
    event_id: UUID
    type: str
    schema: int
    data: bytes
    metadata: bytes
    occurred_at: datetime
    recorded_at: datetime
    content: bytes
    """SHA-256 over stream, event id, type, schema, data, metadata, occurred_at (wire.content_hash)."""
    hash: bytes
    """The chain up to and with this row (wire.chain_hash)."""


@dataclass(frozen=True, slots=True)
class Recorded(Generic[E_co]):
    """A decoded event and the row it came from."""

    event: E_co
    metadata: Metadata
    row: Stored

    @property
    def position(self) -> int:
        """Its place in the log, from 1, without gaps."""
        return self.row.position

    @property
    def stream(self) -> str:
        """The stream it belongs to, `case-<uuid>`."""
        return self.row.stream

    @property
    def entity(self) -> str:
        """The part of the stream's name after its kind: an id or a name."""
        return self.row.stream.partition("-")[2]

    @property
    def version(self) -> int:
        """Its place in the stream, from 1."""
        return self.row.version

    @property
    def id(self) -> UUID:
        """The event's id."""
        return self.row.event_id

    @property
    def recorded_at(self) -> datetime:
        """Domain time of the append."""
        return self.row.recorded_at

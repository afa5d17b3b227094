"""How events take effect: a reaction before its cursor moves, a projection as it moves."""

from collections.abc import Sequence

import httpx
from aiokafka.errors import KafkaError
from opentelemetry.trace import SpanKind

from events.catalogue import Event
from events.errors import Conflict, KeptError, NotYet, Unavailable, told
from events.postgres import OUTAGES, Connection
from events.postgres.cursors import MISUSE, Outrun
from events.recorded import Recorded
from events.telemetry import is_sampled, linked

from .handler import Handler, Projection, Reaction

PASSING = (*OUTAGES, KafkaError, httpx.TransportError, NotYet, Conflict, Outrun)
"""What passes by itself: it is tried again with back-off, and never parks a stream."""
PROJECTED, REACTED = 500, 32
"""The most events at a time. A reaction's cursor moves after its commands: a crash repeats at most these."""
LINKS = 32
"""The most origins one span is linked to."""

Events = Sequence[Recorded[Event]]


class HandlerFailed(KeptError):
    """A handler could not take an event in."""

    def __init__(self, cause: Exception) -> None:
        self.cause = cause
        super().__init__(told(cause))


class Delivery:
    """Brings events to one handler. Both halves raise HandlerFailed, or what passes by itself."""

    def __init__(self, handler: Handler) -> None:
        self._projection = handler if isinstance(handler, Projection) else None
        self._reaction = handler if isinstance(handler, Reaction) else None
        self._name = handler.name
        self._log = handler.log
        self.limit = PROJECTED if self._projection else REACTED

    async def before(self, events: Events) -> None:
        """Let a reaction answer events, one after the other."""
        for recorded in events if self._reaction else ():
            assert self._reaction is not None
            with linked(
                f"process {self._log}",
                recorded.metadata.traceparent,
                kind=SpanKind.CONSUMER,
                attributes=self._attributes(recorded.position),
            ):
                try:
                    await self._reaction.react(recorded)
                except PASSING:
                    raise
                except Exception as error:
                    raise HandlerFailed(error) from error

    async def within(self, connection: Connection, events: Events) -> None:
        """Let a projection apply events."""
        if not self._projection or not events:
            return
        origins = _origins(events)
        with linked(f"project {self._name}", *origins, attributes=self._attributes(events[-1].position)):
            try:
                await self._projection.apply(connection, events)
            except Exception as error:
                if connection.is_closed():
                    raise Unavailable(f"the connection to the database was lost: {error}") from error
                if isinstance(error, PASSING) and not isinstance(error, MISUSE):
                    raise
                raise HandlerFailed(error) from error

    def _attributes(self, position: int) -> dict[str, str | int]:
        return {
            "messaging.operation.name": "process",
            "messaging.destination.name": self._log,
            "kept.subscription": self._name,
            "kept.position": position,
        }


def _origins(events: Events) -> list[str]:
    """Return the first few sampled traceparents among events."""
    found: dict[str, None] = {}
    for recorded in events:
        parent = recorded.metadata.traceparent
        if parent is not None and is_sampled(parent):
            found[parent] = None
            if len(found) == LINKS:
                break
    return list(found)

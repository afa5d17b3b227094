"""What a subscription brings events to: a projection, or a reaction."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from events.catalogue import Event
from events.postgres import Connection
from events.recorded import Recorded


class Follower(Protocol):
    """Follows a log by a subscription."""

    @property
    def name(self) -> str:
        """Its subscription's name, in its service."""
        ...

    @property
    def log(self) -> str:
        """The log that it follows."""
        ...


@runtime_checkable
class Projection(Follower, Protocol):
    """Folds a log into tables; it never appends."""

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Bring the tables up to date with events, in order, in the transaction that moves the cursor.

        What it raises, outages aside, parks the stream of the event at fault.
        """
        ...


@runtime_checkable
class Reaction(Follower, Protocol):
    """Answers events with commands of its own service, each under an id derived from the event's."""

    async def react(self, recorded: Recorded[Event]) -> None:
        """Do what follows from an event, perhaps again. What it raises, outages aside, parks the stream."""
        ...


@runtime_checkable
class Selective(Follower, Protocol):
    """A handler that is told of some types of events only.

    Rows of other types are verified, but not decoded; the cursor moves past them when none follow at once.
    """

    @property
    def types(self) -> frozenset[type[Event]]:
        """The types it is told of. Types that this release does not know are parked, as for any handler."""
        ...


Handler = Projection | Reaction

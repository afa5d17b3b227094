"""A customer is erased: each service clears what it has of them, destroys their key, and says that it did."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from events.catalogue import CustomerErased, Event, KeyDestroyed
from events.clock import derived_id
from events.decider import Actor, Asked, Decider
from events.errors import HeldBack
from events.keyring import Keyring
from events.log import Log
from events.perform import Context, Performer
from events.recorded import Recorded

PAGE = 500
"""How many events are read at a time."""

Held = Callable[[Recorded[Event]], Awaitable[Collection[str]]]
"""Returns the parked streams that an erasure waits for, given the event that asks for it."""


Clear = Callable[[UUID, Recorded[Event]], Awaitable[None]]
"""Clears what a service has of a customer, given the event that asks for it; perhaps once more."""


@dataclass(frozen=True, slots=True)
class DestroyKey:
    """Record that a customer's key is destroyed."""

    customer: UUID


def stream(customer: UUID | str) -> str:
    """Return the stream in which a service says that it has erased a customer."""
    return f"erasure-{customer}"


def decide(done: bool, command: DestroyKey, _asked: Asked) -> tuple[KeyDestroyed, ...]:  # noqa: FBT001 - a state
    """Return that the key is destroyed, once."""
    return () if done else (KeyDestroyed(customer=command.customer),)


ERASURE: Decider[bool, DestroyKey, KeyDestroyed] = Decider(False, decide, lambda _done, _event: True)


async def _nothing(_recorded: Recorded[Event]) -> Collection[str]:
    return ()


class Erasing:
    """The reaction to `contacts` of a service that keeps keys of customers.

    An erasure that is held back is parked itself, and tried again as parked streams are. Each step can be
    done again, so a crash between two of them costs a repeat and nothing else.
    """

    name = "erasing"
    log = "contacts"
    types: frozenset[type[Event]] = frozenset({CustomerErased})

    def __init__(self, log: Log, keyring: Keyring, source: str, clear: Clear, held: Held = _nothing) -> None:
        self._erasures = Performer(log, ERASURE, source=source, cache=0)
        self._keyring = keyring
        self._actor = Actor(source, frozenset({"system"}))
        self._clear = clear
        self._held = held

    async def react(self, recorded: Recorded[Event]) -> None:
        """Erase a customer who asked for it; everything else is none of its business."""
        if not isinstance(recorded.event, CustomerErased):
            return
        customer = UUID(recorded.entity)
        await self._clear(customer, recorded)
        await self._keyring.destroy(str(customer))
        if held := await self._held(recorded):
            raise HeldBack(f"{', '.join(held)}: parked, so not erased yet (events parked list)")
        context = Context(
            derived_id(recorded.id, self.name, self._actor.subject),
            self._actor,
            correlation=recorded.metadata.correlation,
            causation=recorded.id,
        )
        await self._erasures.perform(stream(customer), DestroyKey(customer), context)


async def destroy_again(log: Log, keyring: Keyring) -> tuple[int, int]:
    """Destroy every key that a log says is destroyed: the keyring may have been restored from before that.

    Return how many that are, and how many of them were there again. Raises Unavailable.
    """
    said = back = after = 0
    while rows := await log.tail(after, PAGE, kind=KeyDestroyed.__name__):
        for row in rows:
            back += await keyring.destroy(row.stream.removeprefix(stream("")))
        said, after = said + len(rows), rows[-1].position
    return said, back

"""What the timers follow from: what the cases say of commitments, and what came of messages about them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID

from events.catalogue import Event, NotificationAcknowledged, NotificationFailed
from events.catalogue.waits import commitments_of
from events.errors import NotYet, Undecodable
from events.postgres import Bell, Connection
from events.recorded import Recorded

from .notice import noticed
from .reminder import Ladder, evolve
from .tables import ladders, soon, write


class Timers:
    """The projection: for each commitment the timers that its last event planned, less those that fired."""

    name = "timers"
    log = "cases"

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._soon = False

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Fold the batch into the tables, in the caller's transaction."""
        commitments = {each for recorded in batch for each in commitments_of(recorded.event)}
        before = await ladders(connection, commitments)
        changed = [
            ladder for ladder in fold(before, batch).values() if ladder != before.get(ladder.commitment)
        ]
        await write(connection, changed)
        self._soon = await soon(connection, changed)

    def committed(self) -> None:
        """Wake the tickers where the last batch armed a timer that they would sleep through."""
        if self._soon:
            self._bell.ring("kept_timers")


async def _whole_logs() -> bool:
    return True


class Noticed:
    """The projection of `notifications`: what is acknowledged is held, what reached nobody climbs.

    `caught_up` says whether all that the cases have said so far is known here; in a rebuild it is.
    """

    name = "noticed"
    log = "notifications"
    types: frozenset[type[Event]] = frozenset({NotificationAcknowledged, NotificationFailed})

    def __init__(self, bell: Bell, caught_up: Callable[[], Awaitable[bool]] = _whole_logs) -> None:
        self._bell = bell
        self._caught_up = caught_up
        self._soon = False

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Fold the batch into the tables, in the caller's transaction.

        What is not known here yet is waited for (NotYet); once the cases are read, it is at fault itself.
        """
        try:
            changed = await _noticed(connection, batch)
        except Undecodable as unknown:
            if not await self._caught_up():
                raise NotYet(str(unknown)) from unknown
            changed = await _noticed(connection, batch)
        await write(connection, changed)
        self._soon = await soon(connection, changed)

    def committed(self) -> None:
        """Wake the tickers where the last batch moved a timer into what they would sleep through."""
        if self._soon:
            self._bell.ring("kept_timers")


async def _noticed(connection: Connection, batch: Sequence[Recorded[Event]]) -> list[Ladder]:
    about = [each for each in batch if isinstance(each.event, NotificationAcknowledged | NotificationFailed)]
    before = await ladders(connection, {_about(each) for each in about})
    after = dict(before)
    for each in about:
        ladder = after.get(_about(each))
        if ladder is None:
            raise Undecodable(f"{each.row.log}@{each.position}: its commitment is not known here yet")
        after[ladder.commitment] = noticed(ladder, each)
    return [ladder for ladder in after.values() if ladder != before[ladder.commitment]]


def _about(recorded: Recorded[Event]) -> UUID:
    assert isinstance(recorded.event, NotificationAcknowledged | NotificationFailed)
    return recorded.event.commitment


def fold(before: Mapping[UUID, Ladder], batch: Iterable[Recorded[Event]]) -> dict[UUID, Ladder]:
    """Return the ladders after these events, by commitment."""
    after = dict(before)
    for recorded in batch:
        for commitment in commitments_of(recorded.event):
            if (ladder := evolve(after.get(commitment), recorded, commitment)) is not None:
                after[commitment] = ladder
    return after

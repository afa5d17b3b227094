"""When a delivery is tried again, and by which means (commitment.md §4 rule 9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.catalogue.notices import Means

from .delivery import Delivery

LONGEST_PAUSE = timedelta(minutes=5)
SHORTEST_PAUSE = timedelta(seconds=1)
LONGEST_TURN = timedelta(minutes=15)
"""How long one means is tried at most while there is another."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which means had their turn, and how far the present one is in its own."""

    spent: tuple[Means, ...] = ()
    begun: int = 0
    """How many attempts there had been before it."""
    until: datetime | None = None
    """When it ends; none: it has not begun, or there is no other means."""

    def of(self, delivery: Delivery, now: datetime, *, others: bool) -> "Turn":
        """Return the turn once it has begun: at most half of the time left, if somebody comes after."""
        if self.until is not None or not others:
            return self
        return Turn(self.spent, self.begun, now + min((delivery.until - now) / 2, LONGEST_TURN))

    def over(self, means: Means, attempts: int) -> "Turn":
        """Return the next means' turn."""
        return Turn((*self.spent, means), attempts)


@dataclass(frozen=True, slots=True)
class Again:
    """A further attempt."""

    at: datetime
    turn: Turn


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 1, 2, 4, … seconds, at most LONGEST_PAUSE."""
    return min(SHORTEST_PAUSE * (1 << min(max(attempts - 1, 0), 20)), LONGEST_PAUSE)


def next_try(
    delivery: Delivery, attempts: int, now: datetime, at_least: timedelta = timedelta(0)
) -> datetime | None:
    """Return when to try again after so many attempts, or none: its time is over.

    Never later than half of the time left, so that the last attempts lie close before the end. `at_least`
    is what the receiver asked for; it is granted up to LONGEST_PAUSE.
    """
    wait = min(max(pause(attempts), at_least), LONGEST_PAUSE, (delivery.until - now) / 2)
    return now + wait if wait >= SHORTEST_PAUSE else None


def again(
    delivery: Delivery, turn: Turn, means: Means, attempts: int, now: datetime, at_least: timedelta
) -> Again | None:
    """Return the next attempt after one that may yet succeed, by the same means or the next; none: over.

    `turn` is the one that was tried; one without an end has nobody to come after it.
    """
    at = next_try(delivery, attempts - turn.begun, now, at_least)
    if turn.until is None or (at is not None and at < turn.until):
        return Again(at, turn) if at is not None else None
    return Again(now, turn.over(means, attempts)) if now < delivery.until else None


def goes_unchecked(delivery: Delivery, attempts: int, now: datetime) -> bool:
    """Say whether it is sent although nobody says how it stands: its end is nearer than the next pause.

    A customer is told nothing that could not be checked.
    """
    return now + pause(attempts) >= delivery.until and not delivery.is_for_customer

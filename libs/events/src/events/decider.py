"""The shape of every decision: a state, a command, events; pure functions only."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Generic, TypeVar

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: the subject of the bearer token, and its roles."""

    subject: str
    roles: frozenset[str] = frozenset()

    def has(self, *roles: str) -> bool:
        """Say whether the actor has at least one of these roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a decision, and at which instant of domain time."""

    now: datetime
    actor: Actor
    skew_limit: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, E]):
    """One aggregate: where it starts, what it decides, how events change it.

    `decide` returns the new events, none when the command's effect already stands, or raises a Rejection.
    """

    initial: S
    decide: Callable[[S, C, Asked], Sequence[E]]
    evolve: Callable[[S, E], S]

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        """Return the state after these events, from `state` or from the beginning."""
        return reduce(self.evolve, events, self.initial if state is None else state)

"""Chance that falls the same way every time: it follows from a seed."""

from collections.abc import Sequence
from typing import TypeVar

from events.clock import derived_id

T = TypeVar("T")


class Chance:
    """Draws numbers and choices; two with one seed draw alike."""

    def __init__(self, seed: object) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, limit: int) -> int:
        """Draw a number from 0 to limit - 1."""
        self._drawn += 1
        return derived_id("chance", self._seed, self._drawn).int % limit

    def between(self, first: int, last: int) -> int:
        """Draw a number from first to last, both included."""
        return first + self.below(last - first + 1)

    def one_of(self, choices: Sequence[T]) -> T:
        """Draw one of these."""
        return choices[self.below(len(choices))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return these in an order drawn."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]

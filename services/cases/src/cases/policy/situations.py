"""The situations that a policy tells apart: which of its lines go together."""

from collections.abc import Iterator
from functools import reduce
from itertools import product
from operator import and_
from typing import get_args

from events.catalogue import PolicyPublished
from events.catalogue.cases import Kind, Priority
from events.catalogue.contacts import Channel
from events.catalogue.policies import Saying

BASE = -1
"""In place of a line's number: what is said for all."""
VALUES: dict[str, tuple[str | None, ...]] = {
    "kind": get_args(Kind),
    "priority": get_args(Priority),
    "channel": (None, *get_args(Channel)),
}
DIMENSIONS = ("kind", "priority", "segment", "channel")


class Situations:
    """Sets of lines as bits: line n is bit n, so that even large policies are looked through at once."""

    def __init__(self, policy: PolicyPublished) -> None:
        self._policy = policy
        self._segments: tuple[str | None, ...] = (
            None,
            *sorted({name for line in policy.lines for name in line.when.segment}),
        )

        self._says = {
            name: sum(1 << n for n, line in enumerate(policy.lines) if getattr(line, name) is not None)
            for name in Saying.model_fields
        }

    def together(self, *names: str) -> set[tuple[int, ...]]:
        """Return which lines (BASE: none) can say these things in one situation."""
        lines = (set(self._masks(name).values()) for name in DIMENSIONS)
        return {tuple(self._saying(name, reduce(and_, masks)) for name in names) for masks in product(*lines)}

    def complaints_beside(self, name: str) -> Iterator[tuple[int, int, str]]:
        """Yield who says a thing of complaints, who says it of something alike, and of what."""
        kinds, segments = self._masks("kind"), self._masks("segment")
        complaint = kinds.pop("complaint")
        rest = product(set(self._masks("priority").values()), set(self._masks("channel").values()))
        for at in {priority & channel for priority, channel in rest}:
            ours = self._saying(name, at & segments[None] & complaint)
            for segment, mask in segments.items():
                here = self._saying(name, at & mask & complaint)
                if segment is not None:
                    yield here, ours, f"complaints outside the segment {segment}"
                for kind, others in kinds.items():
                    yield here, self._saying(name, at & mask & others), f"{kind} cases"

    def _masks(self, dimension: str) -> dict[str | None, int]:
        """Return for each value of a dimension which lines are for it."""
        wanted = [getattr(line.when, dimension) for line in self._policy.lines]
        return {
            value: sum(1 << number for number, values in enumerate(wanted) if not values or value in values)
            for value in VALUES.get(dimension, self._segments)
        }

    def _saying(self, name: str, lines: int) -> int:
        """Return the last of these lines that says a thing."""
        return (lines & self._says[name]).bit_length() - 1

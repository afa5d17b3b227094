"""Those who follow the feed of a process: how many, and that they are told when it stops."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from .problems import RETRY, Problem


class Followers:
    """So many places; whoever holds one ends when `draining` is set."""

    def __init__(self, places: int) -> None:
        self._left = places
        self.draining = asyncio.Event()
        """Set when the service stops: who waits for news ends."""

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place. Raises Problem, 503, where none is left."""
        if self._left < 1:
            raise Problem(503, "crowded", "Too many follow the feed at once.", headers=RETRY)
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1

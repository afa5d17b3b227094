"""The parked streams of one subscription: which, when to try them again, how many are too many."""

from collections import deque
from collections.abc import Iterable
from time import monotonic

from events.errors import Fault
from events.postgres import Pool, parked

MOST, WITHIN_SECONDS = 100, 60.0
RETRY_LOOK_SECONDS = 1.0
"""How often the leader looks whether a parked stream's time has come, or somebody asked for it."""


class TooManyParked(Fault):
    """More than 100 streams could not go on within a minute: it is the code, not the data."""


class Parking:
    """What the leader of a subscription knows of its parked streams; the truth is in the table."""

    def __init__(self, pool: Pool, subscription: str) -> None:
        self._pool = pool
        self._subscription = subscription
        self._times: deque[float] = deque()
        self._looked = 0.0
        self.streams: set[str] = set()

    async def load(self) -> None:
        """Read which streams are parked, and have all of them tried again: the release may be a new one."""
        self.streams = await parked.streams(self._pool, self._subscription)
        if self.streams:
            await parked.hurry(self._pool, self._subscription)
        self._looked = 0.0

    def add(self, unfit: Iterable[parked.Unfit]) -> None:
        """Note rows that were parked just now. Raises TooManyParked."""
        now = monotonic()
        for each in unfit:
            if each.row.stream not in self.streams:
                self.streams.add(each.row.stream)
                if not each.awaits:
                    self._times.append(now)
        while self._times and self._times[0] < now - WITHIN_SECONDS:
            self._times.popleft()
        if len(self._times) > MOST:
            raise TooManyParked(
                f"{self._subscription} parked {len(self._times)} streams in a minute; the code is at fault"
            )

    async def due(self) -> list[str]:
        """Return the streams to be tried again now."""
        if not self.streams or monotonic() - self._looked < RETRY_LOOK_SECONDS:
            return []
        self._looked = monotonic()
        return await parked.due(self._pool, self._subscription)

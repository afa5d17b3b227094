"""I4: without the copies, the topic is the log, byte for byte, in its order."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from events.recorded import Stored

from .finding import Finding, judged

Arrived = tuple[int, Stored | str]
"""A record of a topic: its offset, and its row or why it is none."""


class Copy:
    """A topic held against its log, record by record, in one pass over both."""

    def __init__(self, log: str, rows: Iterable[Stored]) -> None:
        self._log = log
        self._rows = iter(rows)
        self._seen: list[bytes] = []
        self.copies = 0
        self.broken: list[str] = []

    def take(self, arrived: Arrived) -> None:
        """Hold the next record of the topic against the log."""
        offset, row = arrived
        if isinstance(row, str):
            self.broken.append(f"{self._log}: offset {offset} is no record of the log ({row})")
            return
        for missing in islice(self._rows, max(0, row.position - len(self._seen) - 1)):
            self._miss(missing)
        if row.position <= len(self._seen):
            self._repeat(offset, row)
            return
        own = next(self._rows, None)
        if own is None:
            self.broken.append(f"{self._log}: offset {offset} has position {row.position}, the log has none")
            return
        self._seen.append(own.hash)
        if replace(own, log=row.log) != row:
            self.broken.append(f"{self._log}@{own.position}: offset {offset} has other bytes than the log")

    def _miss(self, row: Stored) -> None:
        self.broken.append(f"{self._log}@{row.position} is missing in the topic")
        self._seen.append(row.hash)

    def _repeat(self, offset: int, row: Stored) -> None:
        self.copies += 1
        if row.hash != self._seen[row.position - 1]:
            self.broken.append(f"{self._log}@{row.position}: the copy at offset {offset} is another event")

    def finding(self) -> Finding:
        """I4, once the topic is read to its end."""
        for missing in self._rows:
            self._miss(missing)
        counts = f"{self._log}: {len(self._seen):,} events, 0 missing, {self.copies:,} copies, bytes equal"
        return judged("I4", self.broken, counts)

"""I4: without the copies, the topic is the log, byte for byte, in its order."""

from collections.abc import Iterable
from dataclasses import fields

from events.recorded import Stored

from .finding import Finding, judged

Arrived = tuple[int, Stored | str]
"""A record of a topic: its offset, and its row or why it is none."""


class Copy:
    """A topic held against its log, record by record."""

    def __init__(self, log: str, rows: Iterable[Stored]) -> None:
        self._log = log
        self._missing = {row.position: row for row in rows}
        self._seen: dict[int, Stored] = {}
        self._last = 0
        self.copies = 0
        self.broken: list[str] = []

    def take(self, arrived: Arrived) -> None:
        """Hold the next record of the topic against the log."""
        offset, row = arrived
        if isinstance(row, str):
            self.broken.append(f"{self._log}: offset {offset} is no record of the log ({row})")
            return
        again = row.position in self._seen
        own = self._seen.get(row.position) or self._missing.pop(row.position, None)
        if own is None:
            self.broken.append(f"{self._log}: offset {offset} has position {row.position}, the log has none")
            return
        self._seen[row.position] = own
        self.copies += again
        if own != row:
            self.broken.append(f"{self._place(own)}: offset {offset} has {_differing(own, row)}")
        elif not again and row.position < self._last:
            self.broken.append(f"{self._place(own)} comes at offset {offset}, after {self._log}@{self._last}")
        self._last = max(self._last, row.position)

    def finding(self) -> Finding:
        """I4, once the topic is read to its end."""
        missing = [f"{self._place(row)} is missing in the topic" for row in self._missing.values()]
        counts = f"{self._log}: {len(self._seen):,} events, 0 missing, {self.copies:,} copies, bytes equal"
        return judged("I4", self.broken + missing, counts)

    def _place(self, row: Stored) -> str:
        return f"{self._log}@{row.position}"


def _differing(own: Stored, row: Stored) -> str:
    names = [each.name for each in fields(Stored) if getattr(own, each.name) != getattr(row, each.name)]
    return f"another {' and '.join(names)} than the log"

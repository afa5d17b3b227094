"""I3 and I15: every stream whole, and no row changed, removed, swapped or inserted."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.recorded import Stored
from events.wire import ORIGIN, chain_hash, content_hash

from .finding import Finding, judged


@dataclass(frozen=True, slots=True)
class Breach:
    """The first place where a log is not what it should be."""

    position: int
    reason: str


class Chain:
    """A log checked row by row, in one pass; it keeps one id per event.

    What was cut off at the end cannot be seen in the log itself: compare `position` and `hash` with what
    others have seen of it.
    """

    def __init__(self, log: str) -> None:
        self.log = log
        self.events = 0
        self.position = 0
        self.hash = ORIGIN
        self.shape: Breach | None = None
        """I3: a stream's versions are not 1..n, or an event's id stands twice."""
        self.chain: Breach | None = None
        """I15: positions are not dense, or a row is not the one that was appended there."""
        self._recorded_at: datetime | None = None
        self._versions: defaultdict[str, int] = defaultdict(int)
        self._ids: set[UUID] = set()

    def take(self, row: Stored) -> None:
        """Check the next row against all before it."""
        self.shape = self.shape or self._misshapen(row)
        self.chain = self.chain or self._unchained(row)
        self.events += 1
        self.position, self.hash, self._recorded_at = row.position, row.hash, row.recorded_at
        self._versions[row.stream] = row.version
        self._ids.add(row.event_id)

    def findings(self) -> tuple[Finding, Finding]:
        """Return I3 and I15 of the rows taken."""
        counts, streams = f"{self.log}: {self.events:,} events", f"{len(self._versions):,} streams"
        return (
            judged("I3", self._said(self.shape), f"{counts} in {streams}, versions 1..n, ids once"),
            judged(
                "I15", self._said(self.chain), f"{counts}, dense, chain whole up to {self.hash.hex()[:16]}"
            ),
        )

    def _said(self, breach: Breach | None) -> list[str]:
        return [f"{self.log}@{breach.position}: {breach.reason}"] if breach else []

    def _misshapen(self, row: Stored) -> Breach | None:
        due = self._versions[row.stream] + 1
        if row.version != due:
            return Breach(row.position, f"{row.stream} has version {row.version} where {due} should be")
        if row.event_id in self._ids:
            return Breach(row.position, f"the event's id {row.event_id} stands twice")
        return None

    def _unchained(self, row: Stored) -> Breach | None:
        if row.position != self.position + 1:
            return Breach(self.position + 1, f"missing: after {self.position} comes {row.position}")
        told = (row.type, row.schema, row.data, row.metadata, row.occurred_at)
        if row.content != content_hash(row.stream, row.event_id, *told):
            return Breach(row.position, "changed: the row is not what its content hash says")
        if row.hash != chain_hash(self.hash, row.position, row.version, row.recorded_at, row.content):
            return Breach(row.position, "not the row that was appended here: the chain does not lead to it")
        if self._recorded_at is not None and row.recorded_at < self._recorded_at:
            return Breach(row.position, "recorded before the row in front of it")
        return None

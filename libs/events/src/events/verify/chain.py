"""I3 and I15: every stream whole, and no row changed, removed, swapped or inserted."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from events.log import Log
from events.recorded import Stored
from events.wire import ORIGIN, chain_hash, content_hash

from .finding import Finding, judged

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Breach:
    """The first place where a log is not what it should be."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, and what was found: no breach, or the first of each kind."""

    events: int
    streams: int
    position: int
    """The last position read."""
    hash: bytes
    """The chain there: equal figures mean equal logs, up to here."""
    shape: Breach | None
    """I3: a stream's versions are not 1..n, or an event's id stands twice."""
    chain: Breach | None
    """I15: positions are not dense, or a row is not the one that was appended."""

    def findings(self, log: str) -> tuple[Finding, Finding]:
        """Return I3 and I15 of the log of this name."""
        counts = f"{log}: {self.events:,} events"
        return (
            judged(
                "I3", _said(log, self.shape), f"{counts} in {self.streams:,} streams, versions 1..n, ids once"
            ),
            judged("I15", _said(log, self.chain), f"{counts}, chain whole up to {self.hash.hex()[:16]}"),
        )


def _said(log: str, breach: Breach | None) -> list[str]:
    return [f"{log}@{breach.position}: {breach.reason}"] if breach else []


@dataclass(slots=True)
class _Check:
    """The check on its way through the log."""

    events: int = 0
    position: int = 0
    hash: bytes = ORIGIN
    recorded_at: datetime | None = None
    versions: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    ids: set[UUID] = field(default_factory=set)
    shape: Breach | None = None
    chain: Breach | None = None

    def take(self, row: Stored) -> None:
        """Check one row against all before it, and go on from it."""
        self.shape = self.shape or self._misshapen(row)
        self.chain = self.chain or self._unchained(row)
        self.events += 1
        self.position, self.hash, self.recorded_at = row.position, row.hash, row.recorded_at
        self.versions[row.stream] = row.version
        self.ids.add(row.event_id)

    def _misshapen(self, row: Stored) -> Breach | None:
        due = self.versions[row.stream] + 1
        if row.version != due:
            return Breach(row.position, f"{row.stream} has version {row.version} where {due} should be")
        if row.event_id in self.ids:
            return Breach(row.position, f"the event's id {row.event_id} stands twice")
        return None

    def _unchained(self, row: Stored) -> Breach | None:
        if row.position != self.position + 1:
            return Breach(self.position + 1, f"missing: after {self.position} comes {row.position}")
        if row.content != content_hash(
            row.stream, row.event_id, row.type, row.schema, row.data, row.metadata, row.occurred_at
        ):
            return Breach(row.position, "changed: the row is not what its content hash says")
        if row.hash != chain_hash(self.hash, row.position, row.version, row.recorded_at, row.content):
            return Breach(row.position, "not the row that was appended here: the chain does not lead to it")
        if self.recorded_at is not None and row.recorded_at < self.recorded_at:
            return Breach(row.position, "recorded before the row in front of it")
        return None


async def verify_chain(rows: AsyncIterator[Stored]) -> Verdict:
    """Check all rows of a log, given from position 1 in order. Keeps one id per event in memory.

    What was cut off at the end cannot be seen here: compare position and hash with what others have seen.
    """
    check = _Check()
    async for row in rows:
        check.take(row)
    return Verdict(check.events, len(check.versions), check.position, check.hash, check.shape, check.chain)


async def rows_of(log: Log, after: int = 0) -> AsyncIterator[Stored]:
    """Yield all rows of a log behind a position, page by page."""
    while page := await log.tail(after, PAGE):
        for row in page:
            yield row
        after = page[-1].position

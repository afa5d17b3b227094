"""What must hold between a service's logs and its tables: I5, I6, I7, and what the service adds."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from typing_extensions import override

from events.catalogue import Event
from events.errors import Undecodable
from events.log import Head
from events.postgres import Connection
from events.postgres.scratch import Digest, beside, difference, digests, empty
from events.recorded import Recorded, Stored
from events.verify import Finding
from events.verify.finding import judged
from events.wire import decode

from .main import Report
from .parts import Parts
from .refold import Rows, Tables, fold, read_log

MOST_COPIES = 5
SAYS = {
    "I6": ("equal to two folds of the logs and one of the topics", "when folded from the logs or topics"),
    "I7": (
        "the same with every record applied one to five times",
        "with every record applied one to five times",
    ),
}
"""What a digest was compared with: where it is equal, where not."""
REACH = 40
"""How far, in positions, a copy may arrive from its place."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the checks of one service look at."""

    logs: Mapping[str, Sequence[Stored]]
    connection: Connection
    """On it the live tables are reached as `public.<table>`."""
    now: datetime
    """Domain time."""

    def events(self, log: str) -> Iterable[Recorded[Event]]:
        """Return the events of a log, without those that this release cannot read."""
        for row in self.logs[log]:
            try:
                yield decode(row)
            except Undecodable:
                continue


Check = Callable[[Seen], Awaitable[Sequence[Finding]]]
"""What a service checks beside its tables."""


class Restless(Rows):
    """A log whose rows arrive one to five times each, out of order, the same way each time (I7)."""

    def __init__(self, name: str, rows: Sequence[Stored]) -> None:
        super().__init__(name, rows)
        arrivals = [
            (row.position + _chance(row, copy) % REACH, copy, row)
            for row in rows
            for copy in range(1 + _chance(row, 0) % MOST_COPIES)
        ]
        self._arrivals = iter([row for *_, row in sorted(arrivals, key=lambda each: each[:2])])
        self.delivered = len(arrivals)

    @override
    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:
        """Return what arrives next, whatever was read before."""
        del after, timeout
        return [row for row, _ in zip(self._arrivals, range(limit), strict=False)]


def _chance(row: Stored, copy: int) -> int:
    return int.from_bytes(sha256(row.content + bytes([copy])).digest()[:4])


async def verify(parts: Parts, tables: Tables, check: Check | None = None) -> Report:
    """Compare the live tables with folds of the logs; at rest they are equal."""
    names = {each.log for each in tables.projections()}
    logs = {name: Rows(name, await read_log(parts, name)) for name in names}
    topics = {name: Rows(name, await read_log(parts, name, topic=True)) for name in names}
    restless = {name: Restless(name, log.rows) for name, log in logs.items()}
    async with beside(parts.settings.database.get_secret_value(), tables.schema) as connection:
        folded = await _fold(connection, tables, logs)
        findings = [await _rows_derive(connection, parts.name, tables)]
        live = await digests(connection, tables.columns, live=True)
        again = [await _fold(connection, tables, sources) for sources in (logs, topics)]
        findings.append(_same("I6", parts.name, live, [folded, *again]))
        findings.append(_same("I7", parts.name, folded, [await _fold(connection, tables, logs, restless)]))
        seen = Seen({name: log.rows for name, log in logs.items()}, connection, await parts.log.now())
        findings += await check(seen) if check else ()
    return Report([finding.line() for finding in findings], all(finding.holds for finding in findings))


async def _fold(
    connection: Connection,
    tables: Tables,
    logs: Mapping[str, Rows],
    arriving: Mapping[str, Rows] | None = None,
) -> dict[str, Digest]:
    """Fold once more beside the live tables, as rows arrive; `logs` has those that never do."""
    await empty(connection, tables.schema)
    for each in tables.projections():
        await fold(connection, each, (arriving or logs)[each.log], logs[each.log])
    return await digests(connection, tables.columns, live=False)


async def _rows_derive(connection: Connection, service: str, tables: Tables) -> Finding:
    """I5: each live row follows from events, and each event's row is there."""
    broken, rows = [], 0
    for table, columns in tables.columns.items():
        found = await difference(connection, table, columns)
        rows += found.rows
        broken += [f"{service}.{table}: no event gives the row {row}" for row in found.only_live]
        broken += [f"{service}.{table}: the row {row} of the log is missing" for row in found.only_beside]
    return judged(
        "I5", broken, f"{service}: {rows:,} rows of {len(tables.columns)} tables follow from events"
    )


def _same(
    invariant: str, service: str, first: Mapping[str, Digest], others: Sequence[Mapping[str, Digest]]
) -> Finding:
    broken = [
        f"{service}.{table}: {digest.rows:,} rows {digest.sha256[:16]}, but {other[table].rows:,} rows "
        f"{other[table].sha256[:16]} {SAYS[invariant][1]}"
        for other in others
        for table, digest in first.items()
        if other[table] != digest
    ]
    rows = sum(digest.rows for digest in first.values())
    whole = sha256("".join(digest.sha256 for digest in first.values()).encode()).hexdigest()
    return judged(invariant, broken, f"{service}: {rows:,} rows, digest {whole[:16]}, {SAYS[invariant][0]}")

"""What must hold between a service's logs and its tables: I5, I6, I7, and what the service adds."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256

from events.catalogue import Event
from events.postgres import Connection
from events.postgres.scratch import Digest, beside, difference, digests, empty
from events.recorded import Recorded
from events.subscribe.intake import Weigh
from events.verify import Finding
from events.verify.finding import judged

from .main import Report
from .parts import Parts
from .refold import Tables, fold, read_log, reading
from .rows import Restless, Rows

SAYS = {
    "I6": ("equal to two folds of the logs and one of the topics", "when folded from the logs or topics"),
    "I7": (
        "the same with every record applied one to five times",
        "with every record applied one to five times",
    ),
}
"""What a digest was compared with: where it is equal, where not."""
LONGEST = 160
"""The most letters of a row that are shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the checks of one service look at."""

    logs: Mapping[str, Rows]
    read: Weigh
    connection: Connection
    """On it the live tables are reached as `public.<table>`."""
    now: datetime
    """Domain time."""

    def events(self, log: str) -> Iterable[Recorded[Event]]:
        """Return the events of a log, without those that this release cannot read."""
        events = map(self.read, self.logs[log].arrivals)
        return (event for event in events if isinstance(event, Recorded))


Check = Callable[[Seen], Awaitable[Sequence[Finding]]]
"""What a service checks beside its tables."""


async def verify(parts: Parts, tables: Tables, check: Check | None = None) -> Report:
    """Compare the live tables with folds of the logs; at rest they are equal."""
    logs = {log: await read_log(parts, log) for log in {each.log for each in tables.projections()}}
    topics = dict(logs)
    if parts.log.name in logs:  # the others' were read from their topics
        topics[parts.log.name] = await read_log(parts, parts.log.name, topic=True)
    restless = {name: Restless(log) for name, log in logs.items()}
    async with beside(parts.settings.database.get_secret_value(), tables.schema) as connection:
        read = cache(await reading(parts, logs))
        folded = await _fold(connection, tables, logs, read)
        findings = [await _rows_derive(connection, parts.name, tables)]
        live = await digests(connection, tables.columns, live=True)
        again = [await _fold(connection, tables, sources, read) for sources in (logs, topics)]
        findings.append(_same("I6", parts.name, live, [folded, *again]))
        findings.append(_same("I7", parts.name, folded, [await _fold(connection, tables, restless, read)]))
        seen = Seen(logs, read, connection, await parts.log.now())
        findings += await check(seen) if check else ()
    return Report([finding.line() for finding in findings], all(finding.holds for finding in findings))


async def _fold(
    connection: Connection, tables: Tables, logs: Mapping[str, Rows], read: Weigh
) -> dict[str, Digest]:
    """Fold once more beside the live tables."""
    await empty(connection, tables.schema)
    for each in tables.projections():
        await fold(connection, each, logs[each.log], read)
    return await digests(connection, tables.columns, live=False)


async def _rows_derive(connection: Connection, service: str, tables: Tables) -> Finding:
    """I5: each live row follows from events, and each event's row is there."""
    broken, rows = [], 0
    for table, columns in tables.columns.items():
        found = await difference(connection, table, columns)
        rows += found.rows
        broken += [f"{service}.{table}: no event gives the row {row[:LONGEST]}" for row in found.only_live]
        broken += [
            f"{service}.{table}: the row {row[:LONGEST]} of the log is missing" for row in found.only_beside
        ]
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

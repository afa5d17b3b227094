"""The tables of a service folded anew from its logs: to take the place of the live ones, or be compared."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from events.errors import Unavailable
from events.kafka import read_tail
from events.log import Head
from events.postgres import Connection
from events.postgres.cursors import NOWHERE
from events.postgres.parked import Unfit, park
from events.postgres.scratch import beside, digests, switch
from events.recorded import Stored
from events.subscribe import LogSource, Projection, Source, TopicSource, Truth
from events.subscribe.intake import Batch, sort
from events.subscribe.integrity import place_of
from events.subscribe.reader import Reader

from .main import Report
from .parts import Parts

PAGE = 500
WAIT_SECONDS = 5.0
_CURSOR = """
    INSERT INTO public.cursor(subscription, log, log_id, position, hash) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (subscription) DO UPDATE
      SET log_id = excluded.log_id, position = excluded.position, hash = excluded.hash
"""
_CLEAR_PARKED = "DELETE FROM public.parked WHERE subscription = $1"


@dataclass(frozen=True, slots=True)
class Tables:
    """What a service's projections fill."""

    schema: str
    """The SQL that makes the tables, under unqualified names."""
    projections: Callable[[], Sequence[Projection]]
    """Fresh ones, in the order in which they are to be folded."""
    columns: Mapping[str, str]
    """Each table, and the columns (comma-separated) that follow from the logs alone."""
    unfollowed: frozenset[str] = frozenset()
    """Projections by name that no subscription runs: they stand for what the service does by itself."""


def source_of(parts: Parts, log: str, *, topic: bool) -> tuple[Source, Truth | None]:
    """Return where a log is read from, and who knows better: the own table, or a topic and its feed."""
    own = LogSource(parts.log) if log == parts.log.name else None
    if own is not None and not topic:
        return own, None
    name = parts.settings.topic_prefix + log
    return TopicSource(parts.settings.broker, name, log), own or parts.feed(log)


async def read_log(parts: Parts, log: str, *, topic: bool = False) -> list[Stored]:
    """Return all rows of a log up to its present end, from the own table, or else from the topic.

    Raises Unavailable where rows are missing and nobody has them, LogDiverged where they are others'.
    """
    end = await _end(parts, log, topic=topic)
    source, truth = source_of(parts, log, topic=topic)
    reader, rows, at = Reader(source, truth, f"{parts.name} rebuild"), list[Stored](), NOWHERE
    try:
        while at.position < end:
            arrivals = await reader.read(at, PAGE, WAIT_SECONDS)
            if not arrivals:
                raise Unavailable(f"{log} ends at {end}, but nothing follows {at.position}")
            rows += (arrival.row for arrival in arrivals)
            at = place_of(rows[-1])
    finally:
        await reader.close()
    return rows


async def _end(parts: Parts, log: str, *, topic: bool) -> int:
    if log == parts.log.name and not topic:
        return (await parts.log.head()).position
    tail = await read_tail(parts.settings.broker, log, parts.settings.topic_prefix + log)
    return tail.row.position if tail.row else 0


async def arriving(source: Source, truth: Truth, end: int) -> AsyncIterator[Batch]:
    """Yield the events up to position `end` as a subscription would bring them: once, in order.

    What cannot be read is unfit, with what follows on its stream, as the subscription parks it.
    """
    reader, at, waiting = Reader(source, truth, "rebuild"), NOWHERE, set[str]()
    while at.position < end:
        arrivals = await reader.read(at, PAGE, 0)
        batch = sort([each for each in arrivals if each.row.position <= end], waiting)
        waiting |= {unfit.row.stream for unfit in batch.unfit}
        yield batch
        at = batch.to


async def fold(connection: Connection, projection: Projection, source: Source, truth: "Rows") -> list[Unfit]:
    """Bring a whole log to a projection; return what could not be read."""
    unfit: list[Unfit] = []
    async for batch in arriving(source, truth, len(truth.rows)):
        unfit += batch.unfit
        if batch.fit:
            async with connection.transaction():
                await projection.apply(connection, batch.fit)
    return unfit


async def rebuild(parts: Parts, tables: Tables) -> Report:
    """Fold the tables from event 1 and put them in the place of the live ones, cursors included.

    The service must be stopped; nothing is sent and nothing appended.
    """
    projections = tables.projections()
    logs = {log: Rows(log, await read_log(parts, log)) for log in {each.log for each in projections}}
    async with beside(parts.settings.database.get_secret_value(), tables.schema) as connection:
        unfit = {
            each.name: await fold(connection, each, logs[each.log], logs[each.log]) for each in projections
        }
        async with connection.transaction():
            await switch(connection, list(tables.columns))
            for projection in projections:
                if projection.name not in tables.unfollowed:
                    await _place(connection, projection, logs[projection.log], unfit[projection.name])
        found = await digests(connection, tables.columns, live=True)
    read = ", ".join(f"{len(each.rows):,} events of {log}" for log, each in sorted(logs.items()))
    lines = [f"{table}: {digest.rows:,} rows, sha256 {digest.sha256}" for table, digest in found.items()]
    return Report([f"{parts.name}: folded {read}", *lines])


async def _place(connection: Connection, projection: Projection, log: "Rows", unfit: list[Unfit]) -> None:
    """Put a subscription where its rebuilt tables are."""
    await connection.execute(_CLEAR_PARKED, projection.name)
    await park(connection, projection.name, unfit)
    if log.rows:
        at = place_of(log.rows[-1])
        await connection.execute(_CURSOR, projection.name, projection.log, at.log_id, at.position, at.hash)


class Rows:
    """A log that has been read: a source that holds every row."""

    def __init__(self, name: str, rows: Sequence[Stored]) -> None:
        self.name = name
        self.rows = rows

    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:  # noqa: ASYNC109 - a bound
        """Return the rows that follow a place."""
        del timeout
        return list(self.rows[after.position : after.position + limit])

    async def check(self, at: Head, reader: str) -> None:
        """Trust it: it was verified as it was read."""

    async def close(self) -> None:
        """Hold nothing."""

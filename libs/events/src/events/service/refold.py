"""The tables of a service folded anew from its logs: to take the place of the live ones, or be compared."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from events.errors import Unavailable
from events.kafka import read_tail
from events.postgres import Connection, held_by_another
from events.postgres.cursors import NOWHERE
from events.postgres.lease import SECONDS as LEASE_SECONDS
from events.postgres.parked import Unfit, park
from events.postgres.scratch import beside, digests, switch
from events.sealed import keys_of
from events.sealing import NO_KEYS
from events.subscribe import LogSource, Projection, Source, TopicSource, Truth
from events.subscribe.delivery import PASSING
from events.subscribe.intake import Weigh, concerns_of, sort, weigh
from events.subscribe.integrity import place_of
from events.subscribe.reader import Arrival, Reader
from events.subscribe.subscription import lease_of

from .main import Report
from .parts import Parts
from .rows import PAGE, Rows

WAIT_SECONDS = 5.0
POLL_SECONDS = 0.2
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


async def read_log(parts: Parts, log: str, *, topic: bool = False) -> Rows:
    """Return a log up to its present end, from the own table, or else from the topic.

    Raises Unavailable where rows are missing and nobody has them, LogDiverged where they are others'.
    """
    end = await _end(parts, log, topic=topic)
    source, truth = source_of(parts, log, topic=topic)
    reader, found, at = Reader(source, truth, f"{parts.name} rebuild"), list[Arrival](), NOWHERE
    try:
        while at.position < end:
            arrivals = await reader.read(at, PAGE, WAIT_SECONDS)
            if not arrivals:
                raise Unavailable(f"{log} ends at {end}, but nothing follows {at.position}")
            found += arrivals
            at = place_of(found[-1].row)
    finally:
        await reader.close()
    return Rows(log, found)


async def _end(parts: Parts, log: str, *, topic: bool) -> int:
    if log == parts.log.name and not topic:
        return (await parts.log.head()).position
    tail = await read_tail(parts.settings.broker, log, parts.settings.topic_prefix + log)
    return tail.row.position if tail.row else 0


async def reading(parts: Parts, logs: Mapping[str, Rows]) -> Weigh:
    """Return what decodes the rows of these logs: the own one's opened, with keys as they stand now."""
    own = logs.get(parts.log.name)
    return partial(weigh, keys=await keys_of(own.rows, parts.keyring) if own else NO_KEYS)


async def fold(connection: Connection, projection: Projection, log: Rows, read: Weigh = weigh) -> list[Unfit]:
    """Bring a whole log to a projection; return what it could not take in, as the subscription parks it."""
    unfit: list[Unfit] = []
    async for arrivals in log.pages():
        unfit += await _Taking(connection, projection, log, read).take(arrivals, _streams(unfit))
    return unfit


def _streams(unfit: Iterable[Unfit]) -> set[str]:
    return {each.row.stream for each in unfit}


@dataclass(frozen=True, slots=True)
class _Taking:
    connection: Connection
    projection: Projection
    log: Rows
    read: Weigh

    async def take(self, arrivals: Sequence[Arrival], waiting: set[str]) -> list[Unfit]:
        """Let the projection apply a page; where it fails, row by row: only what is at fault waits."""
        batch = sort(arrivals, waiting, weighed=self.read, concerns=concerns_of(self.projection))
        try:
            if batch.fit:
                await self.log.bring(self.connection, self.projection, batch.fit)
        except PASSING:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is parks the stream, here as there
            if len(arrivals) == 1:
                return sort(arrivals, (), failed=error).unfit
            unfit: list[Unfit] = []
            for each in arrivals:
                unfit += await self.take([each], waiting | _streams(unfit))
            return unfit
        return batch.unfit


async def rebuild(parts: Parts, tables: Tables) -> Report:
    """Fold the tables from event 1 and put them in the place of the live ones, cursors included.

    Nothing is sent and nothing appended. Refused while the service runs: what it answers would change
    beneath its callers.
    """
    projections = tables.projections()
    if (running := await _running(parts, projections)) is not None:
        return Report([f"{parts.name}: not rebuilt: {running} runs; stop the service first"], ok=False)
    logs = {log: await read_log(parts, log) for log in {each.log for each in projections}}
    async with beside(parts.settings.database.get_secret_value(), tables.schema) as connection:
        read = await reading(parts, logs)
        unfit = {each.name: await fold(connection, each, logs[each.log], read) for each in projections}
        async with connection.transaction():
            for projection in projections:  # cursors first: whoever still runs, waits and finds them moved
                if projection.name not in tables.unfollowed:
                    await _place(connection, projection, logs[projection.log], unfit[projection.name])
            await switch(connection, list(tables.columns))
        found = await digests(connection, tables.columns, live=True)
    counts = ", ".join(f"{len(each.arrivals):,} events of {log}" for log, each in sorted(logs.items()))
    lines = [f"{table}: {digest.rows:,} rows, sha256 {digest.sha256}" for table, digest in found.items()]
    lines += [
        f"{name}: {len(rows):,} rows parked (events parked list)" for name, rows in unfit.items() if rows
    ]
    return Report([f"{parts.name}: folded {counts}", *lines])


async def _running(parts: Parts, projections: Iterable[Projection]) -> str | None:
    """Name the process that follows for these projections; one that was killed seems to for some seconds."""
    names = [lease_of(each.name) for each in projections]
    deadline = asyncio.get_running_loop().time() + LEASE_SECONDS
    while (running := await held_by_another(parts.pool, names, parts.holder)) is not None:
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(POLL_SECONDS)  # a lease runs out, and tells nobody
    return running


async def _place(connection: Connection, projection: Projection, log: Rows, unfit: list[Unfit]) -> None:
    """Put a subscription where its rebuilt tables are."""
    at = log.end
    await connection.execute(_CURSOR, projection.name, projection.log, at.log_id, at.position, at.hash)
    await connection.execute(_CLEAR_PARKED, projection.name)
    await park(connection, projection.name, unfit)

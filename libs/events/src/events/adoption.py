"""Keeping an older backup: the restored log becomes another log, and its topic is made anew."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from uuid import UUID

from events.errors import Fault
from events.kafka import fresh_topic
from events.kafka.dump import dump
from events.log import Head, Log
from events.postgres import Connection, PostgresLog, adoption, borrow, connect
from events.recorded import Stored
from events.subscribe.integrity import place_of
from events.wire import ORIGIN

DATABASE_SECONDS = 3600.0


class AtWork(Fault):
    """A service is still running on the log or follows it."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What became of a log and its followers."""

    log: str
    log_id: UUID
    agreed: int
    """Up to this position the topic had what the log has."""
    lost: tuple[Stored, ...]
    """What the topic had beyond it, and the log has not."""
    set_back: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The subscriptions of each service that had read something that is lost: rebuild those services."""


async def adopt(
    owner: str,
    followers: Mapping[str, str],
    bootstrap: str,
    topic: str,
    keep: Callable[[Sequence[Stored]], None],
) -> Adoption:
    """Make a restored log the log: another id, an empty topic, cursors no further than what stands.

    `owner` is the DSN of the log's database, `followers` those of the other services by name, all as
    superuser. `keep` is given what is lost before anything is changed. What broke off can be done again.
    Raises AtWork unless the services are stopped, Unavailable and KafkaError where database or broker do not
    answer.
    """
    async with AsyncExitStack() as stack:
        home = await _lent(stack, owner)
        others = {name: await _lent(stack, dsn) for name, dsn in followers.items()}
        await _check_stopped({"the log's own service": home, **others})
        pool = await connect(owner, application="kept-adopt", size=2)
        stack.callback(pool.terminate)
        log = await PostgresLog.open(pool, await adoption.name_of_log(home))
        agreed, lost = await _compare(log, bootstrap, topic)
        keep(lost)
        async with home.transaction():
            log_id = await adoption.new_id(home)
            await _carry(home, log, log_id, agreed)
        found = {name: await _carry(each, log, log_id, agreed) for name, each in others.items()}
        await fresh_topic(bootstrap, topic)
        await log.close()
    set_back = {name: subscriptions for name, subscriptions in found.items() if subscriptions}
    return Adoption(log.name, log_id, agreed.position, lost, set_back)


async def _lent(stack: AsyncExitStack, dsn: str) -> Connection:
    pool = await connect(dsn, application="kept-adopt", size=1)
    stack.callback(pool.terminate)
    return await stack.enter_async_context(borrow(pool, DATABASE_SECONDS))


async def _check_stopped(connections: Mapping[str, Connection]) -> None:
    for service, connection in connections.items():
        if busy := await adoption.at_work(connection):
            raise AtWork(f"stop every service first: {service} is at work ({', '.join(busy)})")


async def _compare(log: Log, bootstrap: str, topic: str) -> tuple[Head, tuple[Stored, ...]]:
    """Return the last place where the topic has what the log has, and what it has beyond."""
    agreed, beyond = Head(log.log_id, 0, ORIGIN), dict[int, Stored]()
    async for _, row in dump(bootstrap, log.name, topic):
        if not isinstance(row, Stored) or row.position <= agreed.position:
            continue
        beyond[row.position] = row
        if len(beyond) % 1000 == 0:
            agreed = await _agreed(log, agreed, beyond)
    agreed = await _agreed(log, agreed, beyond)
    return agreed, tuple(beyond[position] for position in sorted(beyond))


async def _agreed(log: Log, agreed: Head, beyond: dict[int, Stored]) -> Head:
    """Return the last place that both have (a chain agrees from its start); keep what lies beyond it."""
    for row in await log.tail(agreed.position, max(beyond, default=0) - agreed.position):
        if row.position in beyond and beyond[row.position].hash == row.hash:
            agreed = place_of(row)
    for position in [each for each in beyond if each <= agreed.position]:
        del beyond[position]
    return agreed


async def _carry(connection: Connection, log: Log, log_id: UUID, agreed: Head) -> tuple[str, ...]:
    """Take the cursors of a database along; returns the subscriptions that had to go back."""
    set_back = []
    async with connection.transaction():
        for subscription, at in (await adoption.cursors_on(connection, log.name)).items():
            place = await log.place(at.position)
            stands = place is not None and place.hash == at.hash
            await adoption.put(connection, subscription, replace(at if stands else agreed, log_id=log_id))
            set_back += [] if stands else [subscription]
    return tuple(set_back)

"""One replica of the notifier, as far as deliveries go, and the services around it that a test plays."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr

from events import testing
from events.catalogue import Event, NotificationFailed, NotificationSent, NotificationSuppressed
from events.client import authorities
from events.clock import derived_id, new_id
from events.keyring import MemoryKeyring
from events.perform import Context, Performer
from events.postgres import Bell, Pool, PostgresLog, connect
from events.recorded import Recorded
from events.subscribe import LogSource, Projection, Subscription
from events.testing import LEAD, NOW
from events.wire import decode
from notifier import announcement, delivery, recipient, subscriber
from notifier.addressing import Addressing
from notifier.channels import MailServer, webhook_client
from notifier.courier import Courier
from notifier.inquiry import Inquiry
from notifier.links import Links
from notifier.pages import Desk
from notifier.projections import Reminding, Settling, Watching
from notifier.reactions import Announcements, Announcing
from notifier.recipient import SetRecipient
from notifier.registers import Knowing
from notifier.sender import Sender
from notifier.subscriber import SetSubscriber
from notifier.ways import Ways
from notifier.weighing import Recipients, Scales
from notifier.writing import Writer

from .sinks import HttpSink, Request, status

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TRACE = f"00-{10:032x}-{11:016x}-01"
Outcome = NotificationSent | NotificationFailed | NotificationSuppressed


@dataclass
class Ledger:
    """The service `cases` as a test plays it: what it answers for each commitment, and whether at all."""

    sink: HttpSink
    standing: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    customers: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    """What it answers for `intake`."""
    keyring: MemoryKeyring = field(default_factory=MemoryKeyring)
    """The notifier's, for every replica."""
    silent: bool = False
    silent_on_customers: bool = False

    def __post_init__(self) -> None:
        self.sink.reply = self.reply

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.sink.port}"

    async def reply(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer for one commitment, or not."""
        if self.silent:
            await asyncio.Event().wait()
        kind, _, asked = request.line.split()[1].removeprefix("/v1/").partition("/")
        known = (self.customers if kind == "customers" else self.standing).get(UUID(asked))
        if kind == "customers" and self.silent_on_customers:
            known = None
        body = json.dumps(known, default=str).encode()
        writer.write(status(404) if known is None else status(200, body=body))
        await writer.drain()

    def says(self, commitment: UUID, **changes: Any) -> None:
        """Answer so for a commitment from now on."""
        usual = {"state": "open", "revision": 1, "owner": "agent", "told_due": NOW, "words": "We call you."}
        self.standing[commitment] = {**usual, **self.standing.get(commitment, {}), **changes}


@dataclass
class Replica:
    """A pool, a log, a courier that runs, and hands to feed it with."""

    pool: Pool
    log: PostgresLog
    keyring: MemoryKeyring
    bell: Bell
    recipients: Recipients
    sender: Sender
    courier: Courier
    ledger: Ledger
    settling: Subscription
    cases: list[Recorded[Event]] = field(default_factory=list)
    reminders: list[Recorded[Event]] = field(default_factory=list)
    contacts: list[Recorded[Event]] = field(default_factory=list)
    """What it was told of these logs, in order."""

    @property
    def position(self) -> int:
        """How far it has read `cases`."""
        return len(self.cases)

    @property
    def holder(self) -> str:
        """Its name in claims."""
        return str(self.sender.scales.holder)

    @property
    def desk(self) -> Desk:
        """What answers links."""
        scales = self.sender.scales
        return Desk(
            self.pool,
            self.log,
            self.sender.writer.links,
            scales.inquiry,
            scales.recipients,
            scales.deliveries,
        )

    async def reached(self, name: str, **fields: Any) -> None:
        """Say how somebody is reached."""
        command = SetRecipient(name=name, **fields)
        context = Context(new_id(), LEAD, correlation=new_id())
        await self.recipients.perform(recipient.stream(name), command, context)

    async def hear(
        self, *events: Event, actor: str = "lead", stream: str = "", copies: int = 1, at: datetime = NOW
    ) -> None:
        """Follow these events of `cases`, each of its commitment's case."""
        places = enumerate(events, self.position + 1)
        rows = [recorded(each, place, actor, stream, at) for place, each in places]
        self.cases += rows
        for _ in range(copies):
            await self.project(Watching(), rows)

    async def subscribed(self, name: str, url: str, **fields: Any) -> None:
        """Let another system be told."""
        said = {"secret": SECRET, "on": ("lapsed", "kept"), **fields}
        command = SetSubscriber.model_validate({"name": name, "url": url, **said})
        context = Context(new_id(), LEAD, correlation=new_id())
        performer = self.sender.scales.subscribers
        await performer.perform(subscriber.stream(name), command, context)

    async def caught_up(self) -> None:
        """Wait until all that stands in the own log now was read."""
        assert await self.settling.passed((await self.log.head()).position, 10)

    async def announce(self, copies: int = 1) -> None:
        """React to all that was heard of `cases`, in order."""
        announcements: Announcements = Performer(self.log, announcement.DECIDER, source="notifier")
        announcing = Announcing(self.pool, announcements, self.caught_up)
        for _ in range(copies):
            for row in self.cases:
                await announcing.react(row)
        await self.project(Settling(), [decode(row) for row in await self.log.tail(0)])

    async def remind(self, *events: Event, copies: int = 1, at: datetime = NOW) -> None:
        """Follow these events of `reminders`."""
        rows = [recorded(event, 1, "scheduler", at=at) for event in events]
        self.reminders += rows
        for _ in range(copies):
            await self.project(Reminding(), rows)

    async def meet(self, customer: UUID, event: Event) -> None:
        """Follow this event of `contacts`, of a customer."""
        place = len(self.contacts) + 1
        self.ledger.customers[customer] = event.model_dump(mode="json")
        self.contacts.append(testing.recorded(event, f"customer-{customer}", place, log="contacts"))
        await self.project(Knowing(), self.contacts[-1:])

    async def project(self, projection: Projection, rows: Sequence[Recorded[Event]]) -> None:
        """Bring rows to a projection, as a subscription does."""
        async with self.pool.acquire() as connection, connection.transaction():
            await projection.apply(connection, rows)
        self.courier.wake()

    async def outcomes(self, count: int) -> list[Recorded[Outcome]]:
        """Wait until so many deliveries are settled; return what came of them, in order."""
        async with asyncio.timeout(15):
            while len(found := await self.settled()) < count:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        return found

    async def outcome(self) -> Outcome:
        """Wait until the only delivery is settled, and the tables say so; return what came of it."""
        (found,) = await self.outcomes(1)
        await self.at_rest()
        return found.event

    async def settled(self) -> list[Recorded[Outcome]]:
        """Return what came of deliveries so far."""
        found = []
        for row in await self.log.tail(0):
            record = decode(row)
            if isinstance(record.event, Outcome):
                found.append(Recorded(record.event, record.metadata, row))
        return found

    async def due(self) -> tuple[int, datetime | None]:
        """Return what the settle protocol is told: how many attempts have come, when the next one does."""
        row = await self.pool.fetchrow("SELECT due, next FROM kept_due()")
        assert row is not None
        return row["due"], row["next"]

    async def at_rest(self) -> datetime | None:
        """Wait until no attempt is due; return when the next one is."""
        async with asyncio.timeout(15):
            while (found := await self.due())[0]:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        return found[1]

    async def set_clock(self, at: datetime) -> None:
        """Move domain time."""
        await self.log.set_clock(at)
        self.bell.ring("kept_clock")


def recorded(
    event: Event, position: int, actor: str, stream: str = "", at: datetime = NOW
) -> Recorded[Event]:
    """Return an event as it stands in another service's log."""
    case = stream or f"case-{derived_id('case', getattr(event, 'commitment', ''))}"
    return testing.recorded(event, case, position, at=at, actor=actor, traceparent=TRACE)


@asynccontextmanager
async def replica(
    dsn: str,
    ledger: Ledger,
    *,
    smtp: tuple[str, int],
    seconds: float = 5,
    running: bool = True,
) -> AsyncIterator[Replica]:
    """Open a replica on a database; its courier runs until the block ends, unless told not to."""
    keyring = ledger.keyring
    pool = await connect(dsn, application="test")
    bell = Bell(pool)
    log = await PostgresLog.open(pool, "notifications", bell)
    if await log.now() < NOW or not (await log.head()).position:
        await log.set_clock(NOW)
    async with webhook_client() as hooks, httpx.AsyncClient(verify=authorities()) as client:
        holder, token = f"test-{new_id().hex[:8]}", SecretStr("token")
        own: dict[str, Any] = {"source": "notifier", "keyring": keyring, "subject": lambda stream, _: stream}
        recipients: Recipients = Performer(log, recipient.DECIDER, **own)
        scales = Scales(
            pool=pool,
            clock=log,
            holder=holder,
            recipients=recipients,
            subscribers=Performer(log, subscriber.DECIDER, **own),
            deliveries=Performer(log, delivery.DECIDER, source="notifier", cache=0),
            inquiry=Inquiry(client, ledger.url, token, seconds),
            addressing=Addressing(client, ledger.url, token, seconds),
            max_lateness=timedelta(days=1),
        )
        links = Links("http://kept.example", b"k" * 32)
        sender = Sender(
            scales,
            Writer(links, scales.inquiry),
            Ways(MailServer(*smtp), "kept@localhost", hooks, seconds).to,
        )
        courier = Courier(pool, bell, holder, sender.deliver)
        settling = Subscription(pool, LogSource(log), Settling(), holder=holder, on_commit=courier.wake)
        loops = [settling.run(), *([courier.run()] if running else [])]
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            yield Replica(pool, log, keyring, bell, recipients, sender, courier, ledger, settling)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=5)
            failed = [task.exception() for task in tasks if task.done() and not task.cancelled()]
            await log.close()
            await bell.close()
            await pool.close()
            assert failed == []

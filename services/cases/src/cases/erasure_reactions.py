"""What follows here when a customer is erased: every case of theirs is, also one that comes late."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from events.catalogue import CaseOpened, Event
from events.clock import derived_id
from events.decider import Actor
from events.perform import Context
from events.postgres import parked
from events.recorded import Recorded
from events.service import Parts
from events.service.waits import must_have_read
from events.subscribe import Subscription

from . import customers, tables
from .case import stream
from .case.commands import EraseCase
from .reactions import Cases

PAGE = 32
"""How many cases of a customer are erased at a time."""


@dataclass(frozen=True, slots=True)
class Clearing:
    """Erases the cases of a customer. `ledger` and `customers` are the projections that tell of them."""

    parts: Parts
    cases: Cases
    ledger: Subscription
    customers: Subscription
    page: int = PAGE

    async def clear(self, customer: UUID, recorded: Recorded[Event]) -> None:
        """Erase every case of a customer; one that is opened from now on is noticed by Late.

        Raises NotYet, Unavailable: it goes on where it was, for an erased case stays as it is.
        """
        await must_have_read(self.customers, recorded.position)
        await self._ledger_is_there()
        async for ids in self._pages(customer):
            skew_limit = self.parts.skew_limit
            await asyncio.gather(*(erase(self.cases, case, recorded, skew_limit) for case in ids))
        await self._ledger_is_there()

    async def held(self, recorded: Recorded[Event]) -> list[str]:
        """Return what is parked of a customer: themselves, cases of theirs, and such as are not known yet.

        Raises Unavailable.
        """
        pool, ledger, customer = self.parts.pool, self.ledger.name, recorded.entity
        found = await parked.held(pool, self.customers.name, [recorded.stream])
        found += await parked.naming(pool, ledger, customer)
        async for ids in self._pages(UUID(customer)):
            found += await parked.held(pool, ledger, [stream(case) for case in ids])
        return sorted({*found})

    async def _pages(self, customer: UUID) -> AsyncIterator[list[UUID]]:
        after = None
        while ids := await tables.cases_of(self.parts.pool, customer, after, self.page):
            yield ids
            after = ids[-1]

    async def _ledger_is_there(self) -> None:
        await must_have_read(self.ledger, (await self.parts.log.head()).position)


class Late:
    """The reaction to `cases`: a case that was just being opened as its customer was erased, is at once."""

    name = "late"
    log = "cases"
    types: frozenset[type[Event]] = frozenset({CaseOpened})

    def __init__(self, parts: Parts, cases: Cases) -> None:
        self._parts = parts
        self._cases = cases

    async def react(self, recorded: Recorded[Event]) -> None:
        """Erase a case whose customer is."""
        event = recorded.event
        if isinstance(event, CaseOpened) and await customers.is_erased(self._parts.pool, event.customer):
            await erase(self._cases, UUID(recorded.entity), recorded, self._parts.skew_limit)


async def erase(cases: Cases, case: UUID, cause: Recorded[Event], skew_limit: timedelta) -> None:
    """Erase a case, by who caused it."""
    context = Context(
        derived_id(cause.id, "erase", case),
        Actor(cause.metadata.actor, frozenset(cause.metadata.roles)),
        correlation=cause.metadata.correlation,
        causation=cause.id,
        skew_limit=skew_limit,
    )
    await cases.perform(stream(case), EraseCase(case=case), context)

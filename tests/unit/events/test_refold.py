"""Tables are folded anew from what their projection is told of, and from nothing else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import cast

from events.catalogue import Event, OwnerChanged
from events.postgres import Connection
from events.recorded import Recorded
from events.service.refold import fold
from events.service.rows import Rows
from events.subscribe.intake import concerns_of, sort
from events.subscribe.reader import Arrival

from .paper import written


class Unconnected:
    """A connection that nothing is asked of."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        yield


class Owners:
    """Is told of owners."""

    name, log = "owners", "cases"
    types: frozenset[type[Event]] = frozenset({OwnerChanged})

    def __init__(self) -> None:
        self.seen: list[int] = []

    async def apply(self, _connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        self.seen += [each.position for each in batch]


async def test_fold__leaves_out_what_the_live_projection_does():
    rows = await written(6, streams=2)
    rows[1] = replace(rows[1], type="CaseOpened", schema=99)  # nobody could read it
    arrivals, owners = [Arrival(row) for row in rows], Owners()
    unfit = await fold(cast("Connection", Unconnected()), owners, Rows("cases", arrivals))
    live = sort(arrivals, (), concerns=concerns_of(owners))
    assert owners.seen == [each.position for each in live.fit] == [1, 3, 4, 5, 6]
    assert unfit == live.unfit == []

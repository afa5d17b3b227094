"""Rows of a log on paper, and a source and a feed that give what a test says."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from typing_extensions import override

from events.catalogue import OwnerChanged
from events.clock import derived_id
from events.errors import LogDiverged
from events.log import Append, Entry, Head, Part
from events.memory import MemoryLog
from events.recorded import Metadata, Stored
from events.subscribe.integrity import place_of
from events.wire import encode

AT = datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
METADATA = Metadata(actor="an", correlation=derived_id("first"), traceparent=TRACE).model_dump_json().encode()


async def written(count: int, streams: int = 3, log_id: object = "log") -> list[Stored]:
    """Return the rows of a log of `count` events over a few owners' streams."""
    log = MemoryLog("cases", log_id=derived_id(log_id), at=AT)
    await fill(log, count, streams)
    return await log.tail(0, count)


async def fill(log: MemoryLog, count: int, streams: int = 3) -> None:
    """Append `count` events over a few owners' streams."""
    for number in range(count):
        name = f"owner{number % streams}"
        entry = Entry(*encode(OwnerChanged(name=name, zone=f"Etc/GMT+{number}")), METADATA, AT)
        await log.append(Append(derived_id(log.log_id, number), (Part(f"owner-{name}", None, (entry,)),)))


def damaged(row: Stored) -> Stored:
    """Return a row whose content is not what its hash was made of."""
    return replace(row, data=row.data + b" ")


@dataclass
class PaperSource:
    """Gives one portion of rows at each read, then none; a portion may be an error."""

    portions: list[Sequence[Stored] | Exception]
    name: str = "cases"
    closed: int = 0

    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:  # noqa: ARG002, ASYNC109
        portion = self.portions.pop(0) if self.portions else []
        if isinstance(portion, Exception):
            raise portion
        return list(portion)

    async def close(self) -> None:
        self.closed += 1


@dataclass
class PaperFeed(PaperSource):
    """Has a whole log, and counts what it is asked."""

    portions: list[Sequence[Stored] | Exception] = field(default_factory=list)
    rows: Sequence[Stored] = ()
    page: int = 200
    asked: int = 0

    @override
    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:
        self.asked += 1
        return list(self.rows[after.position : after.position + min(limit, self.page)])

    async def check(self, at: Head, reader: str) -> None:
        if at.position and (at.position > len(self.rows) or place_of(self.rows[at.position - 1]) != at):
            raise LogDiverged(f"{reader} at {at.position}")

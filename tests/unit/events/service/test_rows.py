"""A log that arrives restlessly, every row one to five times and out of order, comes as the log it is."""

from collections import Counter

from events.clock import new_id
from events.log import Append, Entry, Part
from events.memory import MemoryLog
from events.recorded import Metadata
from events.service.rows import MOST_COPIES, PAGE, Restless, Rows
from events.subscribe.reader import Arrival
from events.testing import EXAMPLES
from events.wire import encode
from tests.unit.events.verify.rows import AT

NUMBER = 2 * PAGE + 7


async def some_rows() -> Rows:
    log = MemoryLog("cases", at=AT)
    metadata = Metadata(actor="agent", correlation=new_id()).model_dump_json().encode()
    entry = Entry(*encode(EXAMPLES["CaseOpened"]), metadata, AT)
    for number in range(NUMBER):
        await log.append(Append(new_id(), (Part(f"case-{number % 5}", None, (entry,)),)))
    return Rows("cases", [Arrival(row) for row in await log.tail(0, NUMBER)])


async def brought(log: Rows) -> list[int]:
    return [each.row.position async for page in log.pages() for each in page]


async def test_restless__arrives_with_copies_and_out_of_order():
    restless = Restless(await some_rows())
    arriving = [row.position for row in restless.arriving]
    assert set(arriving) == set(range(1, NUMBER + 1))
    assert set(Counter(arriving).values()) == set(range(1, MOST_COPIES + 1))
    assert arriving != sorted(arriving)


async def test_restless__comes_to_a_projection_as_the_log_does():
    log = await some_rows()
    assert await brought(log) == list(range(1, NUMBER + 1))
    assert await brought(Restless(log)) == list(range(1, NUMBER + 1))


async def test_rows__of_an_empty_log():
    assert await brought(Rows("cases", [])) == await brought(Restless(Rows("cases", []))) == []
    assert Rows("cases", []).end.position == 0


async def test_restless__of_a_small_log__comes_in_many_pages():
    log = await some_rows()
    small = Restless(Rows("cases", log.arrivals[:40]))
    pages = [len(page) async for page in small.pages()]
    assert sum(pages) == 40
    assert len(pages) >= 5

"""Whatever is done to a row is found, and its position is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.clock import new_id
from events.log import Append, Entry, Part
from events.memory import MemoryLog
from events.recorded import Stored
from events.verify.chain import Chain
from events.wire import chain_hash

AT = datetime(2026, 3, 1, tzinfo=UTC)
FIELDS = {
    "stream": "case-9",
    "event_id": new_id(),
    "type": "Other",
    "schema": 2,
    "data": b"other",
    "metadata": b"other",
    "occurred_at": AT + timedelta(microseconds=1),
    "content": b"\x00" * 32,
}


async def ten_rows() -> list[Stored]:
    log = MemoryLog("cases", at=AT)
    for number in range(5):
        events = tuple(Entry("Happened", 1, bytes([number, n]), b"{}", AT) for n in range(2))
        await log.append(Append(new_id(), (Part(f"case-{number % 2}", None, events),)))
    return await log.tail(0)


def checked(rows: list[Stored]) -> Chain:
    chain = Chain("cases")
    for row in rows:
        chain.take(row)
    return chain


async def test_chain__whole():
    chain = checked(await ten_rows())
    assert (chain.shape, chain.chain, chain.events, chain.position) == (None, None, 10, 10)
    assert [finding.line()[:40] for finding in chain.findings()] == [
        "I3  ok: cases: 10 events in 2 streams, v",
        "I15 ok: cases: 10 events, dense, chain w",
    ]


@pytest.mark.parametrize("name", FIELDS)
async def test_chain__a_changed_field(name):
    rows = await ten_rows()
    rows[5] = replace(rows[5], **dict[str, Any]({name: FIELDS[name]}))
    found = checked(rows).chain
    assert found is not None
    assert (found.position, found.reason[:8]) == (6, "changed:")


@pytest.mark.parametrize("change", [{"hash": b"\x00" * 32}, {"recorded_at": AT + timedelta(microseconds=1)}])
async def test_chain__a_changed_field_beside_the_content(change):
    rows = await ten_rows()
    rows[5] = replace(rows[5], **change)
    found = checked(rows).chain
    assert found is not None
    assert found.position == 6


async def test_chain__a_changed_version():
    rows = await ten_rows()
    rows[5] = replace(rows[5], version=7)
    chain = checked(rows)
    assert chain.shape is not None
    assert chain.chain is not None
    assert (chain.shape.position, chain.chain.position) == (6, 6)
    assert [finding.holds for finding in chain.findings()] == [False, False]
    assert "cases@6" in chain.findings()[0].line()


async def test_chain__a_removed_row():
    rows = await ten_rows()
    del rows[5]
    found = checked(rows).chain
    assert found is not None
    assert (found.position, found.reason) == (6, "missing: after 5 comes 7")


async def test_chain__a_removed_row_and_the_rest_moved_up():
    rows = await ten_rows()
    rows = rows[:5] + [replace(row, position=row.position - 1) for row in rows[6:]]
    found = checked(rows).chain
    assert found is not None
    assert found.position == 6


async def test_chain__swapped_rows():
    rows = await ten_rows()
    rows[4], rows[6] = replace(rows[6], position=5), replace(rows[4], position=7)
    found = checked(rows).chain
    assert found is not None
    assert found.position == 5


async def test_chain__an_inserted_row():
    rows = await ten_rows()
    more = replace(rows[4], position=6, version=rows[4].version + 1, event_id=new_id())
    rows = [*rows[:5], more, *(replace(row, position=row.position + 1) for row in rows[5:])]
    found = checked(rows).chain
    assert found is not None
    assert found.position == 6


async def test_chain__an_id_twice():
    rows = await ten_rows()
    rows[7] = replace(rows[7], event_id=rows[2].event_id)
    found = checked(rows).shape
    assert found is not None
    assert (found.position, found.reason[-12:]) == (8, "stands twice")


async def test_chain__recorded_before_its_predecessor():
    rows = await ten_rows()
    earlier = AT - timedelta(seconds=1)
    told = (rows[8].hash, 10, rows[9].version, earlier, rows[9].content)
    rows[9] = replace(rows[9], recorded_at=earlier, hash=chain_hash(*told))
    found = checked(rows).chain
    assert found is not None
    assert (found.position, found.reason) == (10, "recorded before the row in front of it")

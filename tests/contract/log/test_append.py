"""What every log promises of an append."""

import asyncio
from dataclasses import replace
from datetime import UTC

import pytest

from events.clock import derived_id, new_id
from events.errors import Conflict, Invalid
from events.log import COMMAND_BYTES, ENTRY_BYTES, Append, Entry, Part

from .commands import OCCURRED, command, entries, to


async def test_append__recorded(log):
    one = command(to("case-1", count=2))
    appended = await log.append(one)
    assert (appended.first, appended.count, appended.last, appended.repeat) == (1, 2, 2, False)
    assert (appended.fingerprint, appended.answer) == (b"fingerprint", b"answer")
    rows = await log.tail(0)
    assert [(row.position, row.stream, row.version) for row in rows] == [(1, "case-1", 1), (2, "case-1", 2)]
    assert {(row.log, row.log_id) for row in rows} == {("cases", log.log_id)}
    assert [Entry(row.type, row.schema, row.data, row.metadata, row.occurred_at) for row in rows] == [
        *entries(2)
    ]
    assert {row.recorded_at for row in rows} == {appended.recorded_at}
    assert [row.event_id for row in rows] == [derived_id(one.id, 1), derived_id(one.id, 2)]


async def test_append__repeated(log):
    one = command(to("case-1", count=3))
    appended = await log.append(one)
    await log.append(command(to("case-2")))
    changed = Append(one.id, (to("case-9"),), b"another", b"another")
    assert await log.append(one) == replace(appended, repeat=True)
    assert await log.append(changed) == replace(appended, repeat=True)
    assert (await log.head()).position == 4


async def test_append__repeated_at_once(log):
    one = command(to("case-1"))
    answers = await asyncio.gather(*(log.append(one) for _ in range(5)))
    assert [answer.repeat for answer in answers] == [False, True, True, True, True]
    assert {answer.first for answer in answers} == {1}


@pytest.mark.parametrize("expected", [0, 1, 3])
async def test_append__conflicting(log, expected):
    await log.append(command(to("case-1", count=2)))
    with pytest.raises(Conflict, match="case-1"):
        await log.append(command(to("case-1", expected)))
    assert (await log.head()).position == 2


async def test_append__conflicting_then_right(log):
    one = command(to("case-1", 1))
    with pytest.raises(Conflict):
        await log.append(one)
    await log.append(command(to("case-1")))
    assert (await log.append(one)).repeat is False


async def test_append__at_once_to_one_version(log):
    answers = await asyncio.gather(
        *(log.append(command(to("case-1"))) for _ in range(10)), return_exceptions=True
    )
    assert [type(answer) for answer in answers[1:]] == [Conflict] * 9
    assert (await log.head()).position == 1


async def test_append__any_version(log):
    for count in (1, 2, 3):
        await log.append(command(to("owner-an", None, count)))
    assert [row.version for row in await log.stream("owner-an")] == [1, 2, 3, 4, 5, 6]


async def test_append__several_streams(log):
    await log.append(command(to("case-2")))
    appended = await log.append(command(to("case-1", 0, 2), to("case-2", 1), to("owner-an", None, 2)))
    assert (appended.first, appended.count) == (2, 5)
    rows = await log.tail(1)
    assert [(row.stream, row.version) for row in rows] == [
        ("case-1", 1),
        ("case-1", 2),
        ("case-2", 2),
        ("owner-an", 1),
        ("owner-an", 2),
    ]


async def test_append__all_or_nothing(log):
    with pytest.raises(Conflict, match="case-2"):
        await log.append(command(to("case-1"), to("case-2", 7)))
    assert await log.tail(0) == []
    assert (await log.append(command(to("case-1"), to("case-2")))).first == 1


async def test_append__a_bad_one_among_many(log):
    good = [command(to(f"case-{number}")) for number in range(20)]
    bad = [command(to("case-0", 5)), command(Part("case-99", 0, entries(1, b"x" * (ENTRY_BYTES + 1))))]
    both = [one for pair in zip(good[:2], bad, strict=True) for one in pair] + good[2:]
    answers = await asyncio.gather(*(log.append(one) for one in both), return_exceptions=True)
    failed = [type(answer) for answer in answers if isinstance(answer, Exception)]
    assert failed == [Conflict, Invalid]
    assert (await log.head()).position == 20


async def test_append__dense_positions(log):
    await asyncio.gather(*(log.append(command(to(f"case-{n}", 0, 1 + n % 3))) for n in range(300)))
    rows = await log.tail(0, 1000)
    assert [row.position for row in rows] == list(range(1, 601))
    recorded = [row.recorded_at for row in rows]
    assert recorded == sorted(recorded)
    assert recorded[0].tzinfo is not None
    assert recorded[0].utcoffset() == OCCURRED.astimezone(UTC).utcoffset()


async def test_append__in_the_order_asked_within_a_stream(log):
    asked = [command(to("owner-an", None), command_id=new_id()) for _ in range(50)]
    answers = await asyncio.gather(*(log.append(one) for one in asked))
    assert [answer.first for answer in answers] == list(range(1, 51))


async def test_append__exact_bytes(log):
    data = bytes(range(256)) * 4
    await log.append(command(Part("case-1", 0, (Entry("Happened", 1, data, b"\x00\xff", OCCURRED),))))
    [row] = await log.tail(0)
    assert (row.data, row.metadata) == (data, b"\x00\xff")


@pytest.mark.parametrize(
    "append",
    [
        command(),
        command(Part("case-1", 0, ())),
        command(to("case-1"), to("case-1", 1)),
        command(to("case-\x00")),
        command(to("case-\ud800")),
        command(Part("case-1", 0, entries(1, b"x" * ENTRY_BYTES))),
        command(to("case-1"), answer=b"x" * COMMAND_BYTES),
    ],
    ids=["no part", "no event", "a stream twice", "NUL", "surrogate", "large event", "large command"],
)
async def test_append__rejected(log, append):
    with pytest.raises(Invalid):
        await log.append(append)
    assert await log.tail(0) == []


async def test_append__large_ones(log):
    large = [command(Part(f"case-{n}", 0, entries(1, b"x" * 200_000))) for n in range(40)]
    await asyncio.gather(*(log.append(one) for one in large))
    assert [len(row.data) for row in await log.tail(0)] == [200_000] * 40

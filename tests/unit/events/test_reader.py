"""The reader: whatever a source repeats, lacks or damages, the log comes out, once and in order."""

import pytest
from aiokafka.errors import KafkaConnectionError
from hypothesis import given
from hypothesis import strategies as some

from events.errors import LogDiverged, Unavailable
from events.postgres.cursors import NOWHERE
from events.subscribe.integrity import place_of
from events.subscribe.reader import Reader

from .paper import PaperFeed, PaperSource, damaged, written

NO_SILENCE, ALWAYS = 1e9, -1.0


def reader(*portions, log=None, silence=NO_SILENCE, page=200):
    feed = PaperFeed(rows=log, page=page) if log is not None else None
    return Reader(PaperSource(list(portions)), feed, "test", silence)


async def read_on(reading, at=NOWHERE, reads=1):
    rows = []
    for _ in range(reads):
        arrivals = await reading.read(at, 500, 0)
        assert [each for each in arrivals if each.flaw] == []
        rows += [each.row for each in arrivals]
        at = place_of(rows[-1]) if rows else at
    return rows


@pytest.fixture(scope="module")
async def log():
    return await written(12)


async def test_rows_in_order__pass(log):
    reading = reader(log[:5], log[5:], log=log)
    assert await read_on(reading, reads=2) == log
    assert reading.counts.copies == reading.counts.holes == 0


async def test_copies__are_dropped(log):
    reading = reader([*log[:4], *log[1:6], log[0], *log], log=log)
    assert await read_on(reading) == log
    assert reading.counts.copies == 4 - 1 + 1 + 6


async def test_edge_25__a_hole_is_fetched_and_applied_in_order(log):
    reading = reader([*log[:3], *log[7:]], log=log)
    assert await read_on(reading) == log
    assert (reading.counts.holes, reading.counts.healed) == (1, 5)


async def test_a_hole_wider_than_a_page__is_filled_over_several_reads(log):
    reading = reader(*[log[9:]] * 4, log=log, page=4)
    rows = await read_on(reading, reads=3)
    assert rows == log
    assert reading.counts.holes == 3


async def test_a_damaged_row__is_replaced_from_the_feed(log):
    reading = reader([*log[:3], damaged(log[3]), *log[4:]], log=log)
    assert await read_on(reading) == log
    assert reading.counts.healed == 1


async def test_a_row_damaged_in_the_log_itself__arrives_with_its_flaw(log):
    kept = [*log[:3], damaged(log[3]), *log[4:]]
    arrivals = await reader(kept, log=kept).read(NOWHERE, 500, 0)
    assert {each.row.position: each.flaw for each in arrivals if each.flaw} == {
        4: "its content hash does not fit its content"
    }
    assert len(arrivals) == len(log)


async def test_without_a_feed__a_hole_waits(log):
    with pytest.raises(Unavailable):
        await reader([*log[:3], *log[7:]]).read(NOWHERE, 500, 0)


async def test_another_history__is_divergence_not_a_duplicate(log):
    other = await written(12, streams=2)
    assert other[4].hash != log[4].hash
    for portion in ([other[4]], [other[5]], [other[9]]):
        with pytest.raises(LogDiverged):
            await reader(portion, log=other).read(place_of(log[4]), 500, 0)


async def test_another_log_id__is_divergence(log):
    other = await written(12, log_id="adopted")
    with pytest.raises(LogDiverged):
        await reader(other[3:], log=other).read(place_of(log[4]), 500, 0)


async def test_a_stray_copy_that_the_log_does_not_know__is_dropped(log):
    other = await written(12, log_id="other")
    assert await read_on(reader([*other[:6], *log[5:]], log=log), place_of(log[4])) == log[5:]


async def test_a_silent_source__has_the_feed_read(log):
    reading = reader([], log=log, silence=ALWAYS)
    assert await read_on(reading) == log
    assert (reading.on_feed, reading.counts.fed) == (True, 12)


async def test_a_silent_source_and_a_shorter_log__is_divergence(log):
    with pytest.raises(LogDiverged):
        await reader([], log=log[:5], silence=ALWAYS).read(place_of(log[8]), 500, 0)


async def test_a_source_that_is_out__has_the_feed_read(log):
    reading = reader(KafkaConnectionError(), log=log, silence=ALWAYS)
    assert await read_on(reading) == log


async def test_a_source_that_is_out__with_nothing_new__says_so(log):
    with pytest.raises(KafkaConnectionError):
        await reader(KafkaConnectionError(), log=log, silence=ALWAYS).read(place_of(log[-1]), 500, 0)


async def test_a_source_heard_again__ends_reading_the_feed(log):
    reading = reader([], log[5:], log=log[:5], silence=ALWAYS)
    await read_on(reading)
    assert reading.on_feed
    await reading.read(place_of(log[4]), 500, 0)
    assert not reading.on_feed


async def test_a_row_found_damaged__is_read_again_from_the_log(log):
    for row in (log[0], log[6]):
        again = await reader(log=log).again(damaged(row))
        assert (again.row, again.flaw) == (row, None)


async def test_check__asks_the_log(log):
    reading = reader(log=log[:5])
    await reading.check(NOWHERE)
    await reading.check(place_of(log[4]))
    with pytest.raises(LogDiverged):
        await reading.check(place_of(log[5]))


@given(some.data())
async def test_i07_any_repetition_and_loss__gives_the_log(log, data):
    times = data.draw(some.lists(some.integers(0, 5), min_size=len(log), max_size=len(log)))
    portion = [row for row, count in zip(log, times, strict=True) for _ in range(count)]
    back = data.draw(some.integers(0, len(portion)))
    reading = reader([*portion, *portion[back:]], log[-1:], log=log)
    rows = await read_on(reading, reads=2)
    assert rows == log

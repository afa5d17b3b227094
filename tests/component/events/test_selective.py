"""A handler that is told of some types only: the others cost it no decoding and no transaction."""

import pytest

from events.catalogue import CaseOpened, Event, OwnerChanged
from events.postgres import cursors, parked
from events.subscribe import subscription as following
from tests.line import Tally, followed, running, tallied, until


@pytest.fixture
def line(own):
    """No topic, no follower: the log's owner alone."""
    return own


class Choosy(Tally):
    """Is told of nothing that a line is made of."""

    types: frozenset[type[Event]] = frozenset({CaseOpened})


class Fitting(Choosy):
    """Is told of all that a line is made of."""

    types: frozenset[type[Event]] = frozenset({OwnerChanged})


async def come_to_rest(subscription, position: int) -> None:
    """Wait until a follower has read so far, and has its cursor saved there."""
    assert await subscription.passed(position, 20)
    await until(lambda: subscription._saved.position == position, 2)


async def saved(line) -> int:
    return (await cursors.where(line.pool, "tally")).position


async def test_what_does_not_concern__is_passed_without_the_handler(line):
    await line.append(30)
    tally, told = Choosy(), []
    await followed(line, line.by_log(tally, on_commit=lambda: told.append(tally.calls)))
    assert (tally.calls, told) == (0, [0]), "told at its start, and of nothing else"
    assert await line.taken(line.pool) == []


async def test_what_concerns__comes_as_to_anybody(line):
    await line.append(30)
    await followed(line, line.by_log(Fitting()))
    assert await line.tally(line.pool) == tallied(await line.rows())


async def test_a_quiet_log__has_the_cursor_saved(line):
    await line.append(30)
    subscription = line.by_log(Choosy())
    async with running(subscription.run()):
        await come_to_rest(subscription, 30)
        assert await saved(line) == 30


async def test_a_busy_log__leaves_the_cursor_no_further_behind_than_it_may(line):
    await line.append(1200)
    subscription = line.by_log(Choosy())
    await cursors.begin(line.pool, "tally", "cases")
    behind = []
    for _ in range(3):
        await subscription._go_on()
        behind.append(subscription.position - await saved(line))
    assert max(behind) < following.UNSAVED


async def test_few_rows_of_a_busy_log__are_not_saved_one_by_one(line):
    await line.append(9)
    subscription = line.by_log(Choosy())
    await cursors.begin(line.pool, "tally", "cases")
    subscription._room = 5
    await subscription._go_on()
    assert (subscription.position, await saved(line)) == (5, 0)


async def test_a_follower_that_ends__has_its_cursor_saved(line, monkeypatch):
    await line.append(9)
    subscription = line.by_log(Choosy())
    save, stopping = subscription._save, list[bool]()

    async def last_only():
        if stopping:
            await save()

    monkeypatch.setattr(subscription, "_save", last_only)
    async with running(subscription.run()):
        assert await subscription.passed(9, 20)
        stopping.append(True)
    assert await saved(line) == 9


async def test_what_is_parked_and_does_not_concern__is_taken_in_without_the_handler(line):
    await line.append(5)
    async with line.pool.acquire() as connection:
        await parked.park(connection, "tally", [parked.Unfit((await line.rows())[0], "planted")])
    tally = Choosy()

    async def redeemed() -> bool:
        return not await parked.streams(line.pool, "tally")

    async with running(line.by_log(tally).run()):
        await until(redeemed, 20)
    assert tally.calls == 0


async def test_a_replica_that_goes_on__begins_where_the_cursor_was_saved(line):
    await line.append(20)
    first = line.by_log(Choosy())
    async with running(first.run()):
        await come_to_rest(first, 20)
    await line.append(10)
    await followed(line, line.by_log(Fitting(), holder="other"))
    assert await line.taken(line.pool) == []

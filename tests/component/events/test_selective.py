"""A handler that is told of some types only: the others cost it no decoding and no transaction."""

import pytest

from events.catalogue import CaseOpened, Event, OwnerChanged
from events.postgres import cursors
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
        assert await subscription.passed(30, 20)
        await until(lambda: subscription._saved.position == 30, 2)
        assert await saved(line) == 30


async def test_a_busy_log__has_the_cursor_saved_now_and_then(line, monkeypatch):
    monkeypatch.setattr(following, "UNSAVED", 10)
    await line.append(40)
    subscription = line.by_log(Choosy())
    await cursors.begin(line.pool, "tally", "cases")
    await subscription._parking.load()
    subscription._room = 15
    await subscription._go_on()
    assert await saved(line) == 0
    await subscription._go_on()
    assert await saved(line) > 10


async def test_a_replica_that_goes_on__begins_where_the_cursor_was_saved(line):
    await line.append(20)
    first = line.by_log(Choosy())
    async with running(first.run()):
        assert await first.passed(20, 20)
        await until(lambda: first._saved.position == 20, 2)
    await line.append(10)
    await followed(line, line.by_log(Fitting(), holder="other"))
    assert await line.taken(line.pool) == []

"""Every record one to five times, in any order that a relay could cause: the same state (I6, I7)."""

import pytest

from tests.line import Chance, running, tallied, until


def zombies(rows, chance):
    """Return what several relays make of a log: each goes from some place on, their batches mixed."""
    sent, reached = [], 0
    while reached < len(rows):
        start = chance.between(max(0, reached - 40), reached)
        stop = min(len(rows), start + chance.between(1, 60))
        sent += rows[start:stop]
        reached = max(reached, stop)
    return sent


async def followed(line, **options):
    subscription = line.by_topic(**options)
    head = (await line.log.head()).position
    async with running(subscription.run()):
        await until(lambda: subscription.position == head)
    return subscription


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_i07_copies_in_any_mix__give_the_same_state(line, seed):
    await line.append(300)
    rows = await line.rows()
    sent = zombies(rows, Chance(seed))
    assert len(sent) > len(rows)
    await line.send(sent)
    subscription = await followed(line)
    assert await line.tally() == tallied(rows)
    assert await line.taken() == list(range(1, 301))
    assert (subscription.counts.holes, subscription.counts.copies) == (0, len(sent) - 300)


async def test_edge_24__every_record_five_times_changes_the_state_once(line):
    await line.append(60)
    rows = await line.rows()
    await line.send([row for row in rows for _ in range(5)])
    await followed(line)
    assert await line.taken() == list(range(1, 61))


async def test_i07_the_topic_twice_over__changes_nothing(line):
    await line.append(60)
    rows = await line.rows()
    await line.send(rows)
    await followed(line)
    before = await line.tally()
    await line.send(rows)
    await line.append(1)
    await line.send((await line.rows())[60:])
    await followed(line)
    assert {**await line.tally(), rows[60 % 7].stream: None} == {**before, rows[60 % 7].stream: None}


@pytest.mark.parametrize("seed", [1, 2])
async def test_edge_24_25__copies_and_holes_together_give_the_same_state(line, seed):
    await line.append(200)
    rows, chance = await line.rows(), Chance(seed)
    await line.send(
        [row for row in zombies(rows, chance) if chance.between(1, 10) < 10 or row.position == 200]
    )
    subscription = await followed(line)
    assert subscription.counts.holes > 0
    assert await line.tally() == tallied(rows)
    assert await line.taken() == list(range(1, 201))

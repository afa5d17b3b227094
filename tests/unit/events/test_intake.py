"""Sorting what arrived: what can be read goes on, what cannot is parked, what follows it waits."""

from dataclasses import replace
from typing import cast

import pytest

from events.catalogue import CaseOpened, Event, OwnerChanged
from events.errors import HeldBack
from events.postgres import Pool
from events.postgres.parked import Unfit
from events.recorded import Recorded
from events.subscribe.intake import Concerns, concerns_of, sort, weigh
from events.subscribe.integrity import place_of
from events.subscribe.parking import MOST, Parking, TooManyParked
from events.subscribe.reader import Arrival

from .paper import written

UNUSED = cast("Pool", None)


@pytest.fixture(scope="module")
async def rows():
    return await written(6, streams=2)


def told_of(kind: type[Event]) -> Concerns:
    class Handling:
        """Is told of one type."""

        name, log, types = "one", "cases", frozenset({kind})

        async def react(self, recorded: Recorded[Event]) -> None:
            """Do nothing."""

    return concerns_of(Handling())


def arrivals(rows):
    return [Arrival(row) for row in rows]


def test_sound_rows__are_all_fit(rows):
    batch = sort(arrivals(rows), ())
    assert [each.row for each in batch.fit] == rows
    assert batch.to == place_of(rows[-1])
    assert batch.unfit == []


@pytest.mark.parametrize(
    "changed",
    [{"schema": 2}, {"type": "NeverHeardOf"}, {"data": b"{"}, {"data": b"[" * 9999}, {"metadata": b""}],
)
def test_edge_55__what_cannot_be_read_parks_its_stream_only(rows, changed):
    batch = sort(arrivals([rows[0], replace(rows[1], **changed), *rows[2:]]), ())
    assert [each.position for each in batch.fit] == [1, 3, 5]
    assert [each.row.position for each in batch.unfit] == [2, 4, 6]
    assert [each.error is None for each in batch.unfit] == [False, True, True]
    assert batch.to.position == 6


def test_what_does_not_concern__is_left_out(rows):
    mixed = [rows[0], replace(rows[1], type="CaseOpened"), *rows[2:]]
    batch = sort(arrivals(mixed), (), concerns=told_of(OwnerChanged))
    assert [each.position for each in batch.fit] == [1, 3, 4, 5, 6]
    assert batch.to == place_of(rows[-1])
    assert not sort(arrivals(rows), (), concerns=told_of(CaseOpened)).fit


def test_what_does_not_concern__is_parked_where_it_is_not_known_or_damaged(rows):
    concerns = told_of(CaseOpened)
    unknown, damaged = Arrival(replace(rows[0], type="NeverHeardOf")), Arrival(rows[1], "it does not fit")
    batch = sort([unknown, damaged, Arrival(rows[2])], (), concerns=concerns)
    assert [(each.row.position, each.error is None) for each in batch.unfit] == [
        (1, False),
        (2, False),
        (3, True),
    ]


def test_what_does_not_concern__waits_behind_what_is_parked_of_its_stream(rows):
    batch = sort(arrivals(rows), {"owner-owner0"}, concerns=told_of(CaseOpened))
    assert [each.row.position for each in batch.unfit] == [1, 3, 5]
    assert batch.fit == []


def test_rows_of_a_parked_stream__wait(rows):
    batch = sort(arrivals(rows), {"owner-owner0"})
    assert [each.position for each in batch.fit] == [2, 4, 6]
    assert all(each.error is None for each in batch.unfit)


def test_what_the_handler_refused__is_parked_with_its_error(rows):
    (unfit,) = sort(arrivals(rows[:1]), (), failed=KeyError("case")).unfit
    assert unfit.error == "KeyError: 'case'"
    assert not unfit.damaged


def test_what_awaits_something_parked__is_no_fault_of_the_code(rows):
    parking = Parking(UNUSED, "held")
    for row in rows * 100:
        parking.streams.clear()
        parking.add(sort(arrivals([row]), (), failed=HeldBack("case-1")).unfit)
    assert parking.streams == {rows[-1].stream}


def test_a_damaged_row__is_marked_so(rows):
    unfit = weigh(Arrival(rows[0], "its hash does not follow"))
    assert isinstance(unfit, Unfit)
    assert unfit.damaged
    assert unfit.error == "its hash does not follow"


async def test_too_many_parked_at_once__stops():
    rows, parking = await written(MOST + 1, streams=MOST + 1), Parking(UNUSED, "test")
    parking.add(sort(arrivals(replace(row, schema=9) for row in rows[:-1]), ()).unfit)
    assert len(parking.streams) == MOST
    with pytest.raises(TooManyParked):
        parking.add(sort(arrivals([replace(rows[-1], schema=9)]), ()).unfit)


async def test_many_rows_of_one_parked_stream__count_once():
    rows, parking = await written(3 * MOST, streams=1), Parking(UNUSED, "test")
    parking.add(sort(arrivals(replace(row, schema=9) for row in rows), ()).unfit)
    assert parking.streams == {"owner-owner0"}

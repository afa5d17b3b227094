"""The order of time: whatever the order of the rows, what comes goes before what is closed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.files import load_mapping, load_table
from demo.moments import commands, moments
from demo.tickets import Ticket

START = datetime(2018, 6, 1, tzinfo=UTC)
HOURS = st.integers(0, 5)


def ticket(line, created, due=None, closed=None):
    def at(hours):
        return None if hours is None else START + timedelta(hours=hours)

    return Ticket(line, str(line), "", "email", "c", at(created), at(due), at(closed))


@given(
    st.lists(st.tuples(HOURS, st.none() | st.integers(6, 9), st.none() | HOURS), max_size=12), st.randoms()
)
def test_moments__hold_every_ticket_once_and_in_order(rows, chance):
    tickets = [ticket(line, *row) for line, row in enumerate(rows)]
    found = moments(chance.sample(tickets, len(tickets)))
    assert [moment.at for moment in found] == sorted({moment.at for moment in found})
    assert sorted(each.line for moment in found for each in moment.arrivals) == list(range(len(rows)))
    closed = {each.line: moment.at for moment in found for each in moment.closings}
    assert closed == {each.line: each.recorded_closed for each in tickets if each.closed is not None}
    assert all(at >= tickets[line].created for line, at in closed.items())


def test_commands__are_counted():
    tickets = [ticket(1, 0), ticket(2, 0, 8), ticket(3, 0, 8, 2), ticket(4, 0, None, 2)]
    assert commands(tickets) == 1 + (1 + 2 + 4 + 2)


@pytest.mark.parametrize(("hours", "reminded"), [(1, 70), (0.25, 59), (4, 132), (24, 48)])
def test_the_requests_of_2018__come_out_as_expected(data, hours, reminded):
    mapping = load_mapping(Path(__file__).parents[3] / "examples" / "nyc311.toml")
    found = load_table(data / "nyc311-with-due-dates-2018.csv", mapping)
    promised = [(each.created, each.closed, each.due) for each in found.tickets if each.due]
    in_time = [due for _, closed, due in promised if closed and closed <= due]
    late = [due for _, closed, due in promised if closed and closed > due]
    assert (found.rows, len(found.refused), len(promised), len(in_time), len(late)) == (1000, 0, 486, 427, 52)
    assert sum(each.order_corrected for each in found.tickets) == 10
    rungs = [(created, closed, due - timedelta(hours=hours)) for created, closed, due in promised]
    owed = [at for created, closed, at in rungs if at >= created and not (closed and closed <= at)]
    assert len(owed) == reminded

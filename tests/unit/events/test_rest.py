"""When the services are at rest, and who waits for what when they are not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from events.rest import at_rest, look, waits

BODY = {
    "log": "cases",
    "log_id": "6b657074-0000-5000-8000-000000000001",
    "head": 7,
    "relayed": 7,
    "cursors": {
        "history": {"log": "cases", "position": 7},
        "opening": {"log": "contacts", "position": 3},
        "lapses": {"log": "reminders", "position": 0},
    },
    "due": 0,
    "parked": 0,
    "next": "2018-06-26T18:58:54.000001Z",
}
CASES = look("cases", BODY)
INTAKE = look("intake", BODY | {"log": "contacts", "head": 3, "relayed": 3, "cursors": {}, "next": None})
REST = [CASES, INTAKE]


def cases(**change):
    return [replace(CASES, **change), INTAKE]


def test_look__reads_what_a_service_says():
    assert CASES.cursors == (("history", "cases", 7), ("lapses", "reminders", 0), ("opening", "contacts", 3))
    assert CASES.next == datetime(2018, 6, 26, 18, 58, 54, 1, tzinfo=UTC)
    assert INTAKE.next is None


def test_at_rest__where_all_is_read_and_sent():
    assert at_rest(REST, REST)


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (cases(relayed=6), "cases has relayed 6 of 7 events"),
        (
            cases(cursors=(("opening", "contacts", 2), ("lapses", "reminders", 0))),
            "cases (opening) has read 2 of 3 events of contacts",
        ),
        (
            cases(cursors=(("lapses", "reminders", 0),)),
            "cases has not begun to read contacts",
        ),
        (cases(due=2), "cases has 2 timers or deliveries due"),
        (cases(parked=1), "cases has 1 streams parked (events parked list)"),
    ],
)
def test_not_at_rest__names_who_waits_for_what(now, says):
    assert not at_rest(REST, now)
    assert list(waits(now)) == [says]


def test_not_at_rest__while_a_log_has_grown_between_the_looks():
    assert not at_rest(cases(head=6, relayed=6), REST)

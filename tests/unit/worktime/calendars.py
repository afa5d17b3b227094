"""Calendars and instants to try, most of them at nights when clocks are moved."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from worktime import Calendar, zone

from .membership import WEEKDAYS, Pauses

ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Recife",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Antarctica/Troll",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
)
DAY_WORK: tuple[Any, ...] = (
    [["09:00", "17:00"]],
    [["00:00", "24:00"]],
    [["00:00", "06:00"], ["17:00", "24:00"]],
    [["01:30", "02:45"]],
    [["02:00", "03:00"]],
    [["02:30", "03:15"], ["23:30", "24:00"]],
    [["00:00", "00:30"], ["09:00", "12:00"], ["12:00", "13:00"], ["13:30", "18:00"]],
    [],
)
NIGHT_WORK: tuple[Any, ...] = (
    [["22:00", "06:00"]],
    [["09:00", "17:00"], ["23:30", "02:30"]],
    [["06:00", "12:00"], ["18:00", "00:00"]],
    [],
)
BREAKS = (
    [["00:00", "01:45"]],
    [["12:30", "14:00"]],
    [["02:15", "02:45"], ["16:00", "24:00"]],
    [["00:00", "24:00"]],
)
WINDOW = 5
SEAMS = tuple(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=91 * number) for number in range(200, 203))


@cache
def moves(name: str) -> tuple[datetime, ...]:
    """Return the days after which the clocks of a zone had been moved, or some day where they never are."""
    days = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(10_500)]
    offsets = [day.astimezone(zone(name)).utcoffset() for day in days]
    found = tuple(day for day, old, new in zip(days, offsets, offsets[1:], strict=False) if old != new)
    return found or (datetime(2026, 3, 1, tzinfo=UTC),)


@st.composite
def nights(draw: st.DrawFn) -> tuple[dict[str, Any], datetime]:
    """A calendar as data, and the beginning of a window of days about a night when its clocks are moved."""
    name = draw(st.sampled_from(ZONES))
    first = draw(st.sampled_from(moves(name) + SEAMS)) - timedelta(days=draw(st.integers(1, 3)))
    kinds = st.sampled_from(draw(st.sampled_from((DAY_WORK, NIGHT_WORK))))
    weekly = {day: draw(kinds) for day in WEEKDAYS}
    weekly[draw(st.sampled_from(WEEKDAYS))] = [["09:00", "17:00"]]
    dates = st.sampled_from([str((first + timedelta(days=day)).date()) for day in range(-1, WINDOW + 2)])
    data = {
        "tz": name,
        "weekly": weekly,
        "holidays": draw(st.lists(dates, unique=True, max_size=2)),
        "date_hours": draw(st.dictionaries(dates, kinds, max_size=2)),
        "breaks": draw(st.dictionaries(dates, st.sampled_from(BREAKS), max_size=2)),
    }
    return data, first


@st.composite
def pauses(draw: st.DrawFn, first: datetime, unit: timedelta = timedelta(minutes=1)) -> Pauses:
    """Pauses within a window, which may overlap, touch or be empty."""
    numbers = st.integers(0, timedelta(days=WINDOW) // unit)
    pairs = draw(st.lists(st.tuples(numbers, numbers).map(sorted), max_size=3))
    return [(first + begins * unit, first + ends * unit) for begins, ends in pairs]


def calendars() -> st.SearchStrategy[tuple[Calendar, datetime]]:
    return nights().map(lambda found: (Calendar.parse(found[0]), found[1]))

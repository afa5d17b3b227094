"""How fast a due is found, beside the library `businesstimedelta` on the same calendar and questions."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import cycle, islice
from statistics import median
from time import process_time

import pytz
from businesstimedelta import BusinessTimeDelta, HolidayRule, LunchTimeRule, Rules, WorkDayRule
from rich.console import Console
from rich.table import Table

from worktime import Calendar, due
from worktime.spans import offsets, quarter

ZONE = "Europe/Berlin"
YEARS = range(2025, 2030)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
DATES = [day for year in YEARS for n in range(365) if (day := date(year, 1, 1) + timedelta(n)).weekday() < 5]
HOLIDAYS = [date(year, *day) for year in YEARS for day in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))]
TEN_DAYS, TWO_YEARS = timedelta(hours=70), timedelta(hours=7 * 500)
STARTS = [datetime(2026, 1, 1, tzinfo=UTC) + number * timedelta(hours=7, minutes=11) for number in range(997)]
SHORT = [(start, TEN_DAYS * (number % 83 + 1) / 83) for number, start in enumerate(STARTS)]
LONG = [(start, TWO_YEARS) for start in STARTS]

ROUNDS = 5
GOAL_RATE, GOAL_SECONDS = 20_000, 0.002

Question = tuple[datetime, timedelta]
Due = Callable[[datetime, timedelta], datetime]


def ours() -> Due:
    """Return Kept's: the lunch of each date is a break of its own."""
    calendar = Calendar.parse(
        {
            "tz": ZONE,
            "weekly": {day: [["09:00", "17:00"]] for day in WORKDAYS},
            "holidays": [day.isoformat() for day in HOLIDAYS],
            "breaks": {day.isoformat(): [["12:00", "13:00"]] for day in DATES},
        }
    )
    return partial(due, calendar)


def theirs() -> Due:
    """Return the rival's."""
    zone = pytz.timezone(ZONE)
    days = [
        WorkDayRule(time(9), time(17), [0, 1, 2, 3, 4], tz=zone),
        LunchTimeRule(time(12), time(13), tz=zone),
    ]
    rules = Rules([*days, HolidayRule(HOLIDAYS, tz=zone)])
    return lambda start, lasts: start + BusinessTimeDelta(rules, timedelta=lasts)


def measure_due(console: Console) -> dict[str, float]:
    """Measure both in one run, print a table, and return the seconds that one answer takes."""
    kept, rival = ours(), theirs()
    assert all(kept(*question) == rival(*question) for question in SHORT[::50])
    seen: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, seconds in (
            ("kept, ten days", _each(kept, SHORT, 5_000)),
            ("businesstimedelta, ten days", _each(rival, SHORT, 50)),
            ("kept, two years", _each(kept, LONG, 500)),
            ("kept, two years, nothing kept ready", _cold(kept, LONG, 20)),
            ("businesstimedelta, two years", _each(rival, LONG, 2)),
        ):
            seen.setdefault(name, []).append(seconds)
    figures = {name: median(rounds) for name, rounds in seen.items()}
    console.print(_table(figures))
    return figures


def _each(ask: Due, questions: list[Question], number: int) -> float:
    """Return the seconds that one question takes."""
    return _seconds(ask, list(islice(cycle(questions), number))) / number


def _cold(ask: Due, questions: list[Question], number: int) -> float:
    spent = 0.0
    for question in questions[:number]:
        quarter.cache_clear()
        offsets.cache_clear()
        spent += _seconds(ask, [question])
    return spent / number


def _seconds(ask: Due, questions: Iterable[Question]) -> float:
    begin = process_time()
    for start, lasts in questions:
        ask(start, lasts)
    return process_time() - begin


def missed(figures: dict[str, float]) -> list[str]:
    """Name the goals that were not reached."""
    rate = 1 / figures["kept, ten days"]
    slow = {name: seconds for name, seconds in figures.items() if name.startswith("kept, two years")}
    return [f"{rate:,.0f} due/s instead of {GOAL_RATE:,}"] * (rate < GOAL_RATE) + [
        f"{name}: {seconds * 1000:.2f} ms instead of {GOAL_SECONDS * 1000:.0f}"
        for name, seconds in slow.items()
        if seconds > GOAL_SECONDS
    ]


def _table(figures: dict[str, float]) -> Table:
    drawn = Table(title=f"due, one core, medians of {ROUNDS} interleaved rounds")
    for column in ("span", "each", "per second"):
        drawn.add_column(column, justify="left" if column == "span" else "right")
    for name, seconds in figures.items():
        drawn.add_row(name, f"{seconds * 1e6:,.0f} µs", f"{1 / seconds:,.0f}")
    return drawn

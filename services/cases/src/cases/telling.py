"""Instants and lengths of time in words, for a person who wants to know how they came about."""

from datetime import datetime, timedelta

from events.catalogue.terms import Span
from worktime import on_the_wall

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def on_wall(at: datetime, zone: str) -> str:
    """Return an instant as the wall of a zone shows it: `Fri 6 Nov 2026 16:30`."""
    wall = on_the_wall(at, zone)
    seconds = f"{wall:%H:%M:%S}" if wall.second or wall.microsecond else f"{wall:%H:%M}"
    return f"{wall:%a} {wall.day} {wall:%b %Y} {seconds}"


def lasting(length: timedelta, unit: str = "") -> str:
    """Return a length of time: `1 h 30 min`, or `1 business h 30 min`."""
    parts, rest = list[str](), length
    for size, name in _UNITS if not unit else _UNITS[1:]:
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number} {name}")
    if rest or not parts:
        parts.append(f"{rest.total_seconds():g} s")
    first, _, others = " ".join(parts).partition(" ")
    return f"{first} {unit} {others}" if unit else f"{first} {others}"


def spanning(span: Span) -> str:
    """Return a span: `4 h`, `4 business h`, `2 business days`, `1 month`."""
    if span.lasts is not None:
        return lasting(span.lasts, "business" if span.unit == "business" else "")
    name = "business day" if span.unit == "business_days" else "month"
    return f"{span.count} {name}" if span.count == 1 else f"{span.count} {name}s"

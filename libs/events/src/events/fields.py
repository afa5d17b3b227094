"""The types of fields that commands share: strict where people write them, each with its bounds."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from worktime import zone_names

FORM = "="
"""Begins the tags of forms that a field may have: a caller, who wrote no tag, is not told of it."""
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
LAST = datetime(2200, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII)
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_LEAD = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,2})W\Z)?(?:(?P<days>\d{1,3})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,7})S)?)?",
    re.ASCII,
)


def _id(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _UUID.fullmatch(value):
        msg = "give a UUID, such as 0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90"
        raise ValueError(msg)
    return UUID(value)


def _instant(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        msg = "give an RFC 3339 time with an offset, such as 2026-03-01T17:00:00+07:00"
        raise ValueError(msg)
    return datetime.fromisoformat(value.upper())


def _in_range(value: datetime) -> datetime:
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        instant = FIRST - timedelta(days=1)
    if not FIRST <= instant < LAST:
        msg = "give a time between 2000 and 2200"
        raise ValueError(msg)
    return instant


def _wall(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _WALL.fullmatch(value):
        msg = "give a wall time without an offset, such as 2026-03-01T17:00"
        raise ValueError(msg)
    return datetime.fromisoformat(value)


def _lead(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    parts = _LEAD.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        msg = "give an ISO 8601 duration of weeks, or days, hours, minutes, seconds, such as PT1H30M"
        raise ValueError(msg)
    return timedelta(**{unit: int(number or 0) for unit, number in parts.groupdict().items()})


def _zone(value: str) -> str:
    if value not in zone_names():
        msg = "give an IANA time zone, such as Asia/Ho_Chi_Minh"
        raise ValueError(msg)
    return value


def _clean(value: str) -> str:
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        msg = "NUL and lone surrogates cannot be stored"
        raise ValueError(msg)
    return value


Id = Annotated[UUID, BeforeValidator(_id)]
"""A UUID in its one form: 32 hexadecimal digits and four dashes."""
Instant = Annotated[datetime, BeforeValidator(_instant), AfterValidator(_in_range)]
"""An instant: RFC 3339 with offset, 2000 to 2200; kept in UTC, to the microsecond."""
WallTime = Annotated[datetime, BeforeValidator(_wall)]
"""A time on the wall, without offset; its zone stands beside it."""
Lead = Annotated[timedelta, BeforeValidator(_lead), Field(ge=timedelta(0), le=timedelta(days=365))]
"""A real duration of 0 to 365 days, as ISO 8601."""
Zone = Annotated[str, AfterValidator(_zone)]
"""The name of an IANA time zone."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=8000), AfterValidator(_clean)]
"""Free text of 1 to 8,000 characters."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
"""The name of an owner, recipient or source: small letters, digits, dot, dash, underscore."""
Reference = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_clean)]
"""The caller's own reference for a thing."""


class Body(BaseModel):
    """The base of every command: unknown fields are refused, values are not coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

"""The fields that commands share, as JSON brings them in strict mode."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from events.fields import Body, Id, Instant, Lead, Name, Text, WallTime, Zone


class Sample(Body):
    instant: Instant = datetime(2026, 1, 1, tzinfo=UTC)
    wall: WallTime = datetime.fromisoformat("2026-01-01")
    lead: Lead = timedelta(0)
    id: Id = UUID(int=0)
    zone: Zone = "UTC"
    text: Text = "x"
    name: Name = "x"


def sent(field: str, json: str) -> object:
    return getattr(Sample.model_validate_json(f'{{"{field}": {json}}}', strict=True), field)


@pytest.mark.parametrize(
    ("field", "json", "expected"),
    [
        ("instant", '"2026-03-01T17:00:00+07:00"', datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("instant", '"2026-03-01t17:00:00.5z"', datetime(2026, 3, 1, 17, 0, 0, 500_000, tzinfo=UTC)),
        ("instant", '"2026-03-01T17:00:00+23:59"', datetime(2026, 2, 28, 17, 1, tzinfo=UTC)),
        ("wall", '"2026-03-01T17:00"', datetime.fromisoformat("2026-03-01T17:00")),
        ("lead", '"P1DT2H3M4S"', timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("lead", '"P365D"', timedelta(days=365)),
        ("lead", '"P2W"', timedelta(days=14)),
        ("id", '"0B7E3C1E-6F0A-5D0E-9F3E-2D7F4C1B8A90"', UUID("0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90")),
        ("zone", '"Asia/Manila"', "Asia/Manila"),
    ],
)
def test_field__taken(field: str, json: str, expected: object):
    assert sent(field, json) == expected


@pytest.mark.parametrize(
    ("field", "json"),
    [
        ("instant", '"2026-03-01T17:00:00"'),
        ("instant", '"2026-12-31T23:59:60Z"'),
        ("instant", '"2026-02-30T00:00:00Z"'),
        ("instant", '"0001-01-01T00:00:00+14:00"'),
        ("instant", '"9999-12-31T23:59:59-12:00"'),
        ("instant", '"2200-01-01T00:00:00Z"'),
        ("instant", '"2026-03-01T17:00:00+10:60"'),
        ("instant", "99999999999"),
        ("instant", '"99999999999"'),
        ("instant", "false"),
        ("wall", '"2026-03-01T17:00Z"'),
        ("wall", '"2026-03-01"'),
        ("id", '"0b7e3c1e6f0a5d0e9f3e2d7f4c1b8a90"'),
        ("id", '"urn:uuid:0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90"'),
        ("id", "7"),
        ("lead", '"P1W2D"'),
        ("lead", '"P100W"'),
        ("lead", '"P"'),
        ("lead", '"PT"'),
        ("lead", '"P1DT"'),
        ("lead", '"-P1D"'),
        ("lead", '"P366D"'),
        ("lead", '"P999999999D"'),
        ("lead", '"P1M"'),
        ("lead", "false"),
        ("lead", "1e10"),
        ("zone", '"Mars/Olympus"'),
        ("zone", '"../zones"'),
        ("text", '"\\u0000"'),
        ("text", '""'),
        ("name", '"A"'),
        ("name", '"a\\n"'),
        ("other", "1"),
    ],
)
def test_field__refused(field: str, json: str):
    with pytest.raises(ValidationError):
        sent(field, json)

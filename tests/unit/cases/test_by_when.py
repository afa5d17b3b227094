"""By when, as people say it, in each of its forms (commitment.md §5.2)."""

from datetime import datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from cases.due import By, ByEndOfDay, ByWallTime, Said, Within, WithinBusiness, WithinDays, WithinMonths

from .scene import DUE, HOUR

BY: TypeAdapter[Said] = TypeAdapter(By)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ('"2026-03-02T17:00:00Z"', DUE),
        (
            '{"wall_time": "2026-03-02T18:00"}',
            ByWallTime(wall_time=datetime.fromisoformat("2026-03-02T18:00")),
        ),
        ('{"within": "PT8H"}', Within(within=8 * HOUR)),
        ('{"within_business": "PT8H"}', WithinBusiness(within_business=8 * HOUR)),
        ('{"business_days": 2}', WithinDays(business_days=2)),
        ('{"months": 1}', WithinMonths(months=1)),
        ('{"end_of_day": "team"}', ByEndOfDay(end_of_day="team")),
    ],
)
def test_by__is_read_in_each_form(said, read):
    assert BY.validate_json(said, strict=True) == BY.validate_python(read) == read


@pytest.mark.parametrize("said", ['{"soon": 1}', "8", '["within"]'])
def test_by__in_no_form_is_refused(said):
    with pytest.raises(ValidationError, match="give an instant"):
        BY.validate_json(said, strict=True)

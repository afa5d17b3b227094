"""The feed's JSON: what goes in comes out, to the byte and the microsecond."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from events.errors import Undecodable
from events.feed import from_json, read_page, to_json, write_page
from events.subscribe.integrity import place_of

from .paper import AT, written


@pytest.fixture(scope="module")
async def rows():
    return await written(5)


def cursor(row):
    return f"after {row.position}"


@given(data=some.binary(max_size=300), metadata=some.binary(max_size=300), stream=some.text(min_size=1))
def test_row__comes_back_as_it_went(rows, data, metadata, stream):
    row = replace(rows[0], data=data, metadata=metadata, stream=stream)
    assert from_json(json.loads(json.dumps(to_json(row)))) == row


def test_row__is_written_as_agreed(rows):
    item = to_json(rows[1])
    assert item["occurred_at"] == "2026-03-01T10:00:00.123456Z"
    assert item["hash"] == rows[1].hash.hex()
    assert list(item) == [
        *("log", "log_id", "position", "stream", "version", "id", "type", "schema", "data", "metadata"),
        *("occurred_at", "recorded_at", "content", "hash"),
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", "%%%"),
        ("data", "YQ=*="),
        ("log_id", "x"),
        ("position", None),
        ("hash", "0g"),
        ("occurred_at", "2026-03-01T10:00:00"),
        ("occurred_at", 5),
        ("metadata", None),
    ],
)
def test_row__with_a_damaged_field__is_undecodable(rows, name, value):
    with pytest.raises(Undecodable):
        from_json(to_json(rows[0]) | {name: value})


def test_row__without_a_field__is_undecodable(rows):
    for name in to_json(rows[0]):
        item = to_json(rows[0])
        del item[name]
        with pytest.raises(Undecodable):
            from_json(item)


def test_page__comes_back_as_it_went(rows):
    page = read_page(json.loads(json.dumps(write_page("cases", place_of(rows[4]), rows[:3], cursor))))
    assert page.rows == tuple(rows[:3])
    assert page.head == place_of(rows[4])


@pytest.mark.parametrize(("shown", "following"), [(2, "after 2"), (5, None), (0, None)])
def test_page__says_whether_there_is_more(rows, shown, following):
    assert write_page("cases", place_of(rows[4]), rows[:shown], cursor)["next"] == following


@pytest.mark.parametrize("body", [{}, [], {"log_id": "x"}, None, {"log_id": "", "head": {}, "items": 5}])
def test_page__that_is_none__is_undecodable(body):
    with pytest.raises(Undecodable):
        read_page(body)


def test_time__is_given_in_utc(rows):
    assert from_json(to_json(rows[0]) | {"recorded_at": "2026-03-01T17:00:00.123456+07:00"}).recorded_at == AT

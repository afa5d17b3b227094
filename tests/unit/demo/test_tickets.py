"""Rows as tickets: times of the zone, rows that cannot be, and nothing dropped silently."""

from datetime import UTC, datetime, timedelta

import pytest

from demo.files import load_table as load
from demo.mapping import MappingError, parse
from demo.tickets import TableError, read

MAPPING = """
source = "desk"
[columns]
id = "no"
created = "opened"
due = "promised"
closed = "done"
subject = ["what", "more"]
channel = "by"
[times]
zone = "America/New_York"
[promise]
owner = "an"
[channels]
PHONE = "call"
"""
HEAD = "no,opened,promised,done,what,more,by\n"
ROW = "7,2018-06-26T10:00:00,2018-06-26T18:00:00,2018-06-26T12:00:00,Noise,Dog,PHONE\n"


def table(*rows, mapping=MAPPING):
    return read((HEAD + "".join(rows)).splitlines(keepends=True), parse(mapping, "m.toml"))


def test_read__takes_wall_times_of_the_zone():
    (ticket,) = table(ROW).tickets
    assert ticket.created == datetime(2018, 6, 26, 14, tzinfo=UTC)
    assert ticket.due == ticket.created + timedelta(hours=8)
    assert ticket.closed == ticket.recorded_closed == ticket.created + timedelta(hours=2)
    assert (ticket.line, ticket.reference, ticket.subject) == (2, "7", "Noise / Dog")
    assert (ticket.channel, ticket.customer, ticket.order_corrected) == ("call", "customer", False)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2018-03-11T02:30:00", "2018-03-11T07:30:00+00:00"),
        ("2018-11-04T01:30:00", "2018-11-04T05:30:00+00:00"),
        ("2018-11-04T01:30:00-05:00", "2018-11-04T06:30:00+00:00"),
        ("2018-07-01 08:00", "2018-07-01T12:00:00+00:00"),
    ],
)
def test_read__knows_the_gap_and_the_hour_that_comes_twice(said, meant):
    (ticket,) = table(f"1,{said},,,,,\n").tickets
    assert ticket.created.isoformat() == meant


def test_read__takes_times_by_a_pattern():
    mapping = MAPPING.replace("[times]", '[times]\nformat = "%d/%m/%Y %H:%M"')
    (ticket,) = table("1,03/02/2018 10:00,,,,,\n", mapping=mapping).tickets
    assert ticket.created == datetime(2018, 2, 3, 15, tzinfo=UTC)


def test_read__records_an_impossible_closing_at_the_creation():
    (ticket,) = table("7,2018-06-26T10:00:00,,2018-06-26T09:00:00,,,\n").tickets
    assert ticket.order_corrected
    assert ticket.recorded_closed == ticket.created
    assert ticket.closed == ticket.created - timedelta(hours=1)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("8,,,,,,\n", "opened is empty"),
        ("8,yesterday,,,,,\n", "opened: 'yesterday' is not an ISO time between 2000 and 2200"),
        (
            "8,1999-01-01T00:00:00,,,,,\n",
            "opened: '1999-01-01T00:00:00' is not an ISO time between 2000 and 2200",
        ),
        ("8,2018-06-26T10:00:00,soon,,,,\n", "promised: 'soon' is not an ISO time between 2000 and 2200"),
        ("8,2018-06-26T10:00:00,2018-06-26T10:00:00,,,,\n", "promised is not after opened"),
        (ROW, "7 stands in line 2 already"),
        ("8\n", "opened is empty"),
    ],
)
def test_read__lists_a_row_that_cannot_be(row, says):
    found = table(ROW, row)
    assert [(refused.line, refused.reason) for refused in found.refused] == [(3, says)]
    assert (found.rows, len(found.tickets)) == (2, 1)


def test_read__follows_the_rules_for_impossible_rows():
    rules = '[impossible]\nclosed_before_created = "refuse"\ndue_before_created = "without_promise"\n'
    early = "8,2018-06-26T10:00:00,,2018-06-26T09:00:00,,,\n"
    past = "9,2018-06-26T10:00:00,2018-06-26T10:00:00,,,,\n"
    found = table(early, past, mapping=MAPPING + rules)
    assert [refused.reason for refused in found.refused] == ["done lies before opened"]
    assert [ticket.due for ticket in found.tickets] == [None]


def test_read__names_the_column_that_is_missing():
    with pytest.raises(
        MappingError, match=r"The key columns\.due names a column 'by_when'; the file has: no, "
    ):
        table(ROW, mapping=MAPPING.replace('"promised"', '"by_when"'))


def test_read__shortens_a_long_subject_and_drops_nul():
    (ticket,) = table(f"1,2018-06-26T10:00:00,,,{'x' * 600},a\x00b,\n").tickets
    assert len(ticket.subject) == 500
    assert ticket.subject.endswith("…")


def test_load__tells_an_absent_an_empty_and_a_strange_file(tmp_path):
    mapping = parse(MAPPING, "m.toml")
    with pytest.raises(TableError, match=r"none\.csv cannot be read: No such file"):
        load(tmp_path / "none.csv", mapping)
    empty, strange = tmp_path / "empty.csv", tmp_path / "strange.csv"
    empty.write_text(HEAD)
    strange.write_bytes(HEAD.encode() + b"\xff\xfe\n")
    with pytest.raises(TableError, match="holds no row"):
        load(empty, mapping)
    with pytest.raises(TableError, match="is not utf-8: set `encoding`"):
        load(strange, mapping)


def test_load__ignores_a_byte_order_mark(tmp_path):
    path = tmp_path / "marked.csv"
    path.write_text("\ufeff" + HEAD + ROW, encoding="utf-8")
    assert load(path, parse(MAPPING, "m.toml")).rows == 1

"""I3, I4, I12 and I15 on real rows and records: each fails when its fault is planted, and names the place."""

from dataclasses import replace

import pytest

from events.catalogue import CommitmentFellDue, ReminderDue
from events.cli.check import of_log
from events.kafka import to_record
from events.kafka.record import Record
from events.wire import decode

from .installed import broken

COPY = """
    INSERT INTO event
    SELECT 8, stream, version + 1000, gen_random_uuid(), type, schema_version, data, metadata,
           occurred_at, recorded_at, content, hash
      FROM event WHERE position = 7
"""
SWAPPED = (
    "UPDATE event SET position = -position WHERE position IN (7, 9)",
    "UPDATE event SET position = CASE position WHEN -7 THEN 9 ELSE 7 END WHERE position < 0",
)
pytestmark = pytest.mark.accept
INSERTED = (
    "UPDATE event SET position = -position - 1 WHERE position > 7",
    "UPDATE event SET position = -position WHERE position < 0",
    COPY,
)
ROWS = {
    "a byte changed": (("UPDATE event SET data = set_byte(data, 2, 65) WHERE position = 7",), 7, "changed:"),
    "metadata changed": (("UPDATE event SET metadata = '{}' WHERE position = 7",), 7, "changed:"),
    "time changed": (
        ("UPDATE event SET recorded_at = recorded_at + interval '1 s' WHERE position = 7",),
        7,
        "not the row that was appended here",
    ),
    "hash changed": (("UPDATE event SET hash = sha256(hash) WHERE position = 7",), 7, "not the row"),
    "version changed": (("UPDATE event SET version = version + 90 WHERE position = 7",), 7, "not the row"),
    "removed": (("DELETE FROM event WHERE position = 7",), 7, "missing: after 6 comes 8"),
    "swapped": (SWAPPED, 7, "not the row"),
    "inserted": (INSERTED, 8, "changed:"),
}


@pytest.mark.parametrize("name", ROWS)
async def test_i15__a_row_that_is_not_as_appended__is_found_and_named(installed, name):
    statements, position, says = ROWS[name]
    async with installed.copy("cases") as copy:
        await copy.sql("cases", *statements)
        found = broken(await of_log(copy.place, "cases"))
    assert found["I15"].startswith(f"cases@{position}: {says}")
    assert "I4" in found


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE event SET version = 7 WHERE position = 3", "cases@3: "),
        (
            "UPDATE event SET event_id = (SELECT event_id FROM event WHERE position = 2) WHERE position = 9",
            "9: ",
        ),
    ],
)
async def test_i3__a_stream_out_of_shape__is_named(installed, statement, says):
    async with installed.copy("cases") as copy:
        await copy.sql("cases", statement)
        assert says in broken(await of_log(copy.place, "cases"))["I3"]


async def test_i3_i15__a_log_cut_at_its_end__shows_in_the_topic(installed):
    async with installed.copy("cases") as copy:
        last = await copy.value("cases", "SELECT max(position) FROM event")
        await copy.sql("cases", f"DELETE FROM event WHERE position = {last}")
        found = broken(await of_log(copy.place, "cases"))
    assert found == {"I4": f"cases: offset {last - 1} has position {last}, the log has none"}


def altered(record: Record) -> Record:
    return replace(record, value=record.value.replace(b'"', b"'", 1))


TOPICS = {
    "a foreign record": (
        lambda rows: [*rows, Record(b"k", b"v", ())],
        "offset {end} is no record of the log",
    ),
    "an altered copy": (
        lambda rows: [*rows, altered(to_record(rows[4]))],
        "cases@5: offset {end} has another data",
    ),
    "an altered record": (
        lambda rows: [altered(to_record(row)) if row.position == 5 else row for row in rows],
        "cases@5: offset 4 has another data",
    ),
    "a missing record": (lambda rows: rows[:4] + rows[5:], "cases@5 is missing in the topic"),
    "a missing end": (lambda rows: rows[:-1], "cases@{end} is missing in the topic"),
    "records swapped": (
        lambda rows: [rows[1], rows[0], *rows[2:]],
        "cases@1 comes at offset 1, after cases@2",
    ),
}


@pytest.mark.parametrize("name", TOPICS)
async def test_i4__a_topic_that_is_not_the_log__is_named(installed, name):
    plant, says = TOPICS[name]
    rows = await installed.rows("cases")
    async with installed.topic("cases", plant(rows)) as place:
        found = broken(await of_log(place, "cases"))
    assert found.keys() == {"I4"}
    assert says.format(end=len(rows)) in found["I4"]


async def test_i4__copies_of_the_same_bytes__are_counted(installed):
    rows = await installed.rows("cases")
    async with installed.topic("cases", [*rows[:9], *rows[3:]]) as place:
        findings = await of_log(place, "cases")
    assert broken(findings) == {}
    assert [each.says for each in findings if each.invariant == "I4"] == [
        f"cases: {len(rows)} events, 0 missing, 6 copies, bytes equal"
    ]


@pytest.mark.parametrize("kind", [ReminderDue, CommitmentFellDue])
async def test_i12__a_second_firing_of_one_timer__names_both(installed, kind):
    rows = await installed.rows("scheduler")
    fired = next(each for each in map(decode, rows) if isinstance(each.event, kind))
    async with installed.copy("scheduler") as copy:
        at = await copy.append("scheduler", fired.stream, fired.event)
        found = broken(await of_log(copy.place, "scheduler"))
    assert f"reminders@{at} fires again what reminders@{fired.position} fired" in found["I12"]

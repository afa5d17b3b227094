"""I5 to I8, I13 and I24 on real tables: each fails when its fault is planted, and names the place."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from events.catalogue import CommitmentKept, ExpectationSet, FollowUpPromised
from events.catalogue.terms import Evidence
from events.postgres import Connection
from events.service.parts import opened
from events.service.refold import Tables
from events.service.verify import verify
from events.wire import decode
from tests.desk import settings_of

from .installed import Installed, broken
from .small_desk import START

pytestmark = pytest.mark.accept
TABLES = {
    ("intake", "contact_v1"): "UPDATE contact_v1 SET words = 'never said' WHERE position = 4",
    ("intake", "customer_v1"): "DELETE FROM customer_v1",
    ("cases", "commitment_v1"): "UPDATE commitment_v1 SET owner = 'mallory' WHERE state = 'kept'",
    ("cases", "case_v1"): "DELETE FROM case_v1 WHERE position = (SELECT max(position) FROM case_v1)",
    ("cases", "customer_v1"): "INSERT INTO customer_v1 VALUES (gen_random_uuid(), 'Asia/Manila')",
    (
        "scheduler",
        "armed_v1",
    ): "INSERT INTO armed_v1 VALUES (gen_random_uuid(), gen_random_uuid(), 1, false, '1 h')",
    ("notifier", "watched_v1"): "UPDATE watched_v1 SET position = position + 1",
    ("notifier", "delivery_v1"): "DELETE FROM delivery_v1 WHERE notice LIKE '%lapse%'",
}


@pytest.mark.parametrize(("service", "table"), TABLES)
async def test_i5_i6__a_row_that_no_event_gives__is_named(installed, service, table):
    async with installed.copy(service) as copy:
        await copy.sql(service, TABLES[service, table])
        found = broken(await copy.checked(service))
    assert found.keys() == {"I5", "I6"}
    assert all(f"{service}.{table}: " in says for says in found.values()), found


class Pages:
    """A projection whose table tells how its events came, not only which: a row for each batch."""

    name, log = "pages", "cases"

    async def apply(self, connection: Connection, batch: Sequence[object]) -> None:
        """Count the batch."""
        await connection.execute("INSERT INTO seen_v1 SELECT count(*) + 1, $1 FROM seen_v1", len(batch))


class Remembering:
    """A projection that remembers what a transaction in vain should have made it forget."""

    name, log = "remembering", "cases"

    def __init__(self) -> None:
        self.seen = 0

    async def apply(self, connection: Connection, batch: Sequence[object]) -> None:
        """Write how many events it has ever been given."""
        self.seen += len(batch)
        await connection.execute("INSERT INTO seen_v1 VALUES (1, $1)", self.seen)


SEEN = "CREATE TABLE IF NOT EXISTS seen_v1(number bigint primary key, events bigint not null)"


async def checked(copy: Installed, projection) -> dict[str, str]:
    """Return what is broken about a projection whose live table is a fold of the log."""
    rows = await copy.value("cases", "SELECT max(position) FROM event")
    await copy.sql("cases", SEEN, f"INSERT INTO seen_v1 VALUES (1, {rows})", "GRANT ALL ON seen_v1 TO PUBLIC")
    tables = Tables(SEEN, lambda: (projection(),), {"seen_v1": "number, events"})
    async with opened("cases", settings_of(copy.site, "cases", 0, dict(copy.urls))) as parts:
        report = await verify(parts, tables)
    return {line.split()[0]: line for line in report.lines if "BROKEN" in line}


@pytest.mark.parametrize("projection", [Pages, Remembering])
async def test_i7__a_projection_that_copies_and_rollbacks_change__is_found(installed, projection):
    async with installed.copy("cases") as copy:
        found = await checked(copy, projection)
    assert found.keys() == {"I7"}
    assert "seen_v1" in found["I7"]


LEFT_OVER = """
    INSERT INTO timer_v1
    SELECT gen_random_uuid(), gen_random_uuid(), case_id, revision, name, planned, fire_at, due, role,
           short_notice, cause, correlation, traceparent
      FROM timer_v1 LIMIT 1
"""


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM timer_v1 WHERE name = 'due'", "has neither a row nor spoken"),
        (
            LEFT_OVER,
            "is pending but belongs to no open plan",
        ),
    ],
)
async def test_i8__a_timer_missing_or_left_over__is_named(installed, statement, says):
    async with installed.copy("scheduler") as copy:
        await copy.sql("scheduler", statement)
        found = broken(await copy.checked("scheduler"))
    assert says in found["I8"]
    assert ("cases@" in found["I8"]) == ("neither" in says)


async def test_i13__a_due_that_passed_while_no_scheduler_ran__is_named(installed):
    async with installed.copy("cases") as copy:
        after = START + timedelta(hours=30)
        await copy.sql("cases", f"SELECT kept_set_clock('{after.isoformat()}')")
        found = broken(await copy.checked("cases"))
    assert found.keys() == {"I13"}
    assert "is still open although due" in found["I13"]
    assert found["I13"].startswith("cases@")


async def test_i24__an_event_that_cannot_be__is_named(installed):
    rows = [decode(row) for row in await installed.rows("cases")]
    made = next(each for each in rows if isinstance(each.event, ExpectationSet | FollowUpPromised))
    assert isinstance(made.event, ExpectationSet | FollowUpPromised)
    kept = CommitmentKept(
        commitment=made.event.commitment,
        verdict="kept",
        at=START,
        margin=timedelta(0),
        evidence=Evidence(words="again"),
    )
    async with installed.copy("cases") as copy:
        at = await copy.append("cases", made.stream, kept)
        found = broken(await copy.checked("cases"))
    assert f"cases@{at} (CommitmentKept) takes commitment {kept.commitment} from kept to kept" in found["I24"]

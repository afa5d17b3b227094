"""An installation from which everybody was erased: all that is checked of it holds, and it is built anew."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from events.catalogue import CustomerErased
from events.cli.check import read_lines
from events.driver import Driver
from events.keyring import ERASED
from events.postgres import LOGS
from events.wire import decode
from tests.desk import desk

from .installed import Installed, broken, run
from .small_desk import play

pytestmark = pytest.mark.accept
BACK = "UPDATE data_key SET wrapped = 'restored', wrapped_by = 'a key', destroyed_at = NULL"
"""As a keyring from before the erasure has it."""


@pytest.fixture(scope="module")
async def erased(parts, tmp_path_factory) -> AsyncIterator[Installed]:
    """The small desk, played to its end; then its one customer asked to be forgotten."""
    site = await parts.fresh("erased")
    journal = tmp_path_factory.mktemp("erased") / "journal.jsonl"
    async with desk(site) as running:
        await play(running, journal)
        here = Installed(site, running.urls, journal)
        customer = await here.value("intake", "SELECT id::text FROM customer_v1")
        driver = Driver(running.urls, site.token, running.client)
        await driver.delete("intake", f"/v1/customers/{customer}")
        await driver.settle()
    yield here
    await parts.drop(site)


async def test_edge_54__everything_that_is_verified_still_holds(erased, tmp_path):
    stack = str(erased.stack(tmp_path))
    ran = await run("events.cli", "--stack", stack, "verify", "--journal", str(erased.journal))
    assert (ran.status, broken(read_lines("\n".join(ran.out))), ran.err) == (0, {}, [])
    assert any(line.startswith("I15") for line in ran.out), "the chain"
    (counted,) = [line for line in ran.out if line.startswith("I24") and " made = " in line]
    assert "10 made = 2 kept, 1 kept_late, 2 lapsed, 1 released, 4 withdrawn" in counted


@pytest.mark.parametrize("service", LOGS)
async def test_edge_54__tables_built_anew_are_as_they_were(erased, service):
    async with erased.copy(service) as copy:
        live = await copy.checked(service)
        assert {"I5", "I6"} <= {each.invariant for each in live}, "from the own log, and from the topic"
        assert broken(live) == {}
        first = await run(service, "rebuild", environment=copy.environment(service))
        again = await run(service, "rebuild", environment=copy.environment(service))
        assert (first.status, first.err, again.out) == (0, [], first.out)
        assert broken(await copy.checked(service)) == {}


async def test_edge_54__a_keyring_restored_from_before_is_put_right_by_what_the_log_says(erased):
    async with erased.copy("cases") as copy:
        connection = await asyncpg.connect(copy.site.keyrings["cases"])
        await connection.execute(BACK)
        ran = await run("cases", "erase-again", environment=copy.environment("cases"))
        left = await connection.fetchval("SELECT count(*) FROM data_key WHERE wrapped IS NOT NULL")
        await connection.close()
    assert (ran.status, ran.out, left) == (
        0,
        ["cases: 1 customers are erased; the keys of 1 were back and are gone"],
        0,
    )


async def test_edge_54__built_anew_without_any_key_the_words_stay_gone(erased):
    async with erased.copy("intake") as copy:
        assert (await run("intake", "rebuild", environment=copy.environment("intake"))).status == 0
        said = await copy.fetch("intake", "SELECT DISTINCT words FROM contact_v1")
        name = await copy.fetch("intake", "SELECT name, address, reference FROM customer_v1")
    assert (said, name) == ([(ERASED,)], [(ERASED, None, None)])


async def test_edge_54__the_log_itself_has_grown_and_nothing_in_it_has_changed(erased):
    rows = await erased.rows("intake")
    (place,) = [row.position for row in rows if isinstance(decode(row).event, CustomerErased)]
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert place < len(rows), "and that the key is destroyed stands after it"

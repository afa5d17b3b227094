"""Superuser, owner and service are three: who may do what to the log."""

import asyncio

import asyncpg
import pytest

from events.errors import Fault
from events.postgres import PostgresLog, connect, entries, install, outcomes
from tests.logs import ROLE, a_database, a_log

from .commands import command, to

CHANGES = ["UPDATE event SET data = ''", "DELETE FROM event", "TRUNCATE event"]
APPEND = "SELECT * FROM append_batch($1)"
CHOSEN = "SELECT * FROM append_batch($1, chosen => $2)"


@pytest.fixture
async def service(server, database):
    connection = await asyncpg.connect(server.database(database, ROLE))
    yield connection
    await connection.close()


@pytest.fixture
async def superuser(server, database):
    connection = await asyncpg.connect(server.database(database))
    yield connection
    await connection.close()


@pytest.mark.parametrize("change", [*CHANGES, "INSERT INTO event SELECT * FROM event"])
async def test_change__refused_to_the_service(service, change):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(change)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["kept_owner", "postgres"])
async def test_change__refused_by_trigger(superuser, change, role):
    await superuser.execute(f"SET ROLE {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await superuser.execute(change)


async def test_change__refused_to_a_replica_session(superuser):
    await superuser.execute("SET session_replication_role = 'replica'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await superuser.execute("DELETE FROM event")


@pytest.mark.parametrize(
    "deed",
    [
        "ALTER TABLE event DISABLE TRIGGER append_only",
        "DROP TABLE event",
        "UPDATE clock SET at = at",
        "UPDATE log SET name = 'mine'",
        "CREATE OR REPLACE FUNCTION kept_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "SET ROLE kept_owner",
    ],
)
async def test_deed__refused_to_the_service(service, deed):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(deed)


async def test_owner__nobody_logs_in_as(server, database):
    with pytest.raises(asyncpg.PostgresError, match="not permitted to log in"):
        await asyncpg.connect(server.database(database, "kept_owner"))


async def test_service__owns_what_its_schema_makes(server):
    schema = """
        CREATE TABLE IF NOT EXISTS promise_v1(id int);
        CREATE OR REPLACE FUNCTION kept_due() RETURNS TABLE(due bigint, next timestamptz) LANGUAGE sql AS
        $$ SELECT 7::bigint, NULL::timestamptz $$;
    """
    async with a_database(server) as name:
        for _ in range(2):
            await install(server.database(name), log="cases", schema=schema, role=ROLE)
        service = await asyncpg.connect(server.database(name, ROLE))
        await service.execute("INSERT INTO promise_v1 VALUES (1); DROP TABLE promise_v1")
        assert await service.fetchval("SELECT due FROM kept_due()") == 7
        await service.close()


async def test_install__again_keeps_the_log(server, database):
    async with a_log(server, database) as log:
        await log.append(command(to("case-1")))
        await install(server.database(database), log="cases", schema="", role=ROLE)
        async with a_log(server, database) as again:
            assert again.log_id == log.log_id
            assert await again.head() == await log.head()


async def test_install__at_once_for_new_roles(server):
    roles = {"new_one": "kept_new_one", "new_other": "kept_new_other"}
    for name in roles:
        await server.create(name, login=ROLE)
    await asyncio.gather(
        *(
            install(server.database(name), log="cases", schema="", role=role)
            for name, role in roles.items()
            for _ in range(2)
        )
    )
    await server.drop(*roles)


async def test_open__another_log(server, database):
    async with await connect(server.database(database, ROLE), application="test") as pool:
        with pytest.raises(Fault, match="holds cases, not the log reminders"):
            await PostgresLog.open(pool, "reminders")


@pytest.mark.parametrize("isolation", ["repeatable_read", "serializable"])
async def test_append_batch__refused_above_read_committed(service, isolation):
    with pytest.raises(asyncpg.InvalidTransactionStateError, match="READ COMMITTED"):
        async with service.transaction(isolation=isolation):
            await service.fetchrow(APPEND, entries([command(to("case-1"))]))


async def test_append_batch__only_the_chosen(service):
    known, conflicting = command(to("case-0")), command(to("case-0", 7), to("case-7"))
    await service.fetchrow(APPEND, entries([known]))
    given = [
        known,
        command(to("case-1", 0, 2)),
        conflicting,
        command(to("case-2", None, 3)),
        command(to("case-3")),
    ]
    chosen = given[:4]
    answer = await service.fetchrow(CHOSEN, entries(given), [one.id for one in chosen])
    repeat, first, refused, second, passed_over = await outcomes(service, given, answer)
    assert repeat is not None
    assert first is not None
    assert second is not None
    assert (repeat.first, repeat.repeat, first.first, first.last) == (1, True, 2, 3)
    assert (second.first, second.last, refused, passed_over) == (4, 6, None, None)
    assert await service.fetchval("SELECT array_agg(stream ORDER BY position) FROM event") == [
        "case-0",
        *["case-1"] * 2,
        *["case-2"] * 3,
    ]


async def test_append_batch__none_chosen(service):
    one = command(to("case-1"))
    answer = await service.fetchrow(CHOSEN, entries([one]), [])
    assert await outcomes(service, [one], answer) == [None]
    assert await service.fetchval("SELECT count(*) FROM event") == 0

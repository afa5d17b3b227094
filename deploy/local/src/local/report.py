"""`stack.json` and `env`: how others find a running stack; and the lock that keeps it alone."""

import fcntl
import json
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.children import Server
from local.errors import PartError
from local.site import Site

FILES = ("stack.json", "env")
"""For programs, and for the shell (`. .kept/env`); only their owner may read them: they hold tokens."""


@dataclass(frozen=True)
class Report:
    """What is told about a running stack."""

    directory: Path
    site: Site
    urls: Mapping[str, str]
    servers: Mapping[str, Server]

    def content(self) -> dict[str, Any]:
        """Give what `stack.json` says, as it is now."""
        mail = self.site.mail
        return {
            "services": {
                name: {"url": url, "pid": self.servers[name].pid} for name, url in self.urls.items()
            },
            "broker": {"bootstrap": self.site.broker.bootstrap, "topics": self.site.topics},
            "databases": self.site.databases,
            "smtp": {
                "host": mail.host,
                "port": mail.port,
                "maildir": str(mail.maildir) if mail.maildir else None,
            },
            "token": self.site.token,
            "tokens": self.site.keys.tokens(),
        }

    def write(self) -> None:
        """Write both files anew; a reader sees the old ones or the new ones, never a half."""
        content = self.content()
        shell = {"TOKEN": content["token"]} | {name.upper(): url for name, url in self.urls.items()}
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in shell.items())
        for name, text in zip(FILES, (json.dumps(content, indent=2) + "\n", exports), strict=True):
            _replace(self.directory / name, text)


@contextmanager
def published(report: Report) -> Iterator[None]:
    """Let others find the stack while the body runs."""
    report.write()
    try:
        yield
    finally:
        for name in FILES:
            (report.directory / name).unlink(missing_ok=True)


@contextmanager
def alone(directory: Path) -> Iterator[Path]:
    """Hold the directory against other runs; PartError where one has it.

    The lock ends with its process, however that ends. Gives the directory, absolute.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise PartError(
                f"Kept is running in {directory} already (pid {file.read().strip()}): "
                "use that one, stop it, or set KEPT_DIR to another directory"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        for stale in FILES:
            (directory / stale).unlink(missing_ok=True)
        yield directory.resolve()


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)

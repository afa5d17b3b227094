"""`stack.json` and `env`: how others find a running stack."""

import json
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.clock import derived_id
from local.children import Server
from local.site import Site

FILES = ("stack.json", "env")
"""For programs, and for the shell (`. .kept/env`); only their owner may read them: they hold tokens."""
FIRST_CUSTOMER = ("kept", "first")
"""Source and reference of the customer that is there to try things with (local.agent)."""


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
            "keyrings": self.site.keyrings,
            "smtp": {
                "host": mail.host,
                "port": mail.port,
                "maildir": str(mail.maildir) if mail.maildir else None,
            },
            "secrets": {
                "KEPT_WRAPPING_KEY": self.site.keys.wrapping,
                "KEPT_LOOKUP_KEY": self.site.keys.lookup,
            },
            "token": self.site.token,
            "tokens": self.site.keys.tokens(),
        }

    def write(self) -> None:
        """Write both files anew; a reader sees the old ones or the new ones, never a half."""
        content = self.content()
        shell = {"TOKEN": content["token"], "CUSTOMER": str(derived_id("customer", *FIRST_CUSTOMER))} | {
            name.upper(): url for name, url in self.urls.items()
        }
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
        withdraw(report.directory)


def withdraw(directory: Path) -> None:
    """Take both files away: at the end, and at the start those that a killed run has left."""
    for name in FILES:
        (directory / name).unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)

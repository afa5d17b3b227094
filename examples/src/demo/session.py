"""One run of the demo: a throw-away stack, a driver, a journal; in the end the ledger and the report."""

import json
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from rich.console import Console

from events.bearer import ROLES
from events.catalogue import Event
from events.driver import Driver
from events.journal import FileJournal
from events.recorded import Recorded
from local.stack import Stack, throw_away

from .feeds import whole
from .figures import Figures, count, gather
from .keyrings import keyrings_of
from .report import report, verify

TIMEOUT_SECONDS = 10.0


@dataclass
class Session:
    """What a run needs while its stack is up."""

    stack: Stack
    driver: Driver
    journal: Path
    console: Console
    started: float
    """Monotonic time of the start."""

    @property
    def maildir(self) -> Path | None:
        """Where letters come to lie; none: at a mail server of yours."""
        return self.stack.site.mail.maildir

    async def finish(self) -> list[Recorded[Event]]:
        """Let every timer fire, and return every event there is."""
        await self.driver.finish()
        async with keyrings_of(self.stack.site) as keyrings:
            return await whole(self.driver.caller, keyrings)

    async def judge(
        self, events: list[Recorded[Event]], *, rows: int | None = None, refused: int = 0
    ) -> tuple[dict[str, Any], Figures]:
        """Count the figures and let the invariants be checked; rows (none: as many as contacts)."""
        figures = count(gather(events))
        self.console.print("checking the invariants …")
        findings = await verify(self.stack.directory / "stack.json", self.journal)
        for finding in findings:
            if not finding.holds:
                self.console.print(finding.line(), markup=False)
        seconds = time.monotonic() - self.started
        rows = figures.contacts if rows is None else rows
        made = report(figures, rows=rows, refused=refused, findings=findings, wall_seconds=seconds)
        held = [name for name, holds in made["invariants"].items() if holds]
        self.console.print(f"invariants that hold: {', '.join(held) or 'none'}")
        return made, figures


@asynccontextmanager
async def session(
    running: Stack, console: Console, *, subject: str = "agent", started: float | None = None
) -> AsyncIterator[Session]:
    """Talk to a running stack as `subject`, who has every role, and keep a journal of it beside stack.json.

    `started` is the monotonic time that the run counts from, if not now.
    """
    journal = running.directory / "journal.jsonl"
    token = running.site.keys.token(subject, ROLES)
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=AiohttpTransport()) as client:
        with journal.open("w", encoding="utf-8") as file:
            driver = Driver(running.urls, token, client, FileJournal(file))
            yield Session(running, driver, journal, console, started or time.monotonic())


@asynccontextmanager
async def anew(console: Console, keep: Path) -> AsyncIterator[Stack]:
    """Run everything on throw-away data until the block ends.

    What the services logged is moved to `keep`/logs where the block fails. Raises PartError where a part of
    the stack cannot be had.
    """
    home = Path(tempfile.mkdtemp(prefix="kept-demo-"))
    try:
        async with throw_away(home, console) as running:
            yield running
    except Exception:
        _rescue(home / "logs", keep / "logs", console)
        raise
    finally:
        shutil.rmtree(home, ignore_errors=True)


def write(path: Path, made: dict[str, Any]) -> None:
    """Write a report as JSON. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rescue(logs: Path, to: Path, console: Console) -> None:
    if logs.is_dir():
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(logs, to)
        console.print(f"what the services logged lies in {to}")

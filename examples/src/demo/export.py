"""A replay from end to end: files in, figures and report out."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from . import tables
from .expected import differences, expected
from .figures import Figures
from .files import load_mapping, load_table
from .kills import Kills
from .mapping import Mapping
from .moments import commands, moments
from .replay import Replay, ReplayError
from .report import faults
from .screen import Gauge
from .session import Session, anew, session, write
from .tickets import Table


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    data: Path
    mapping: Path
    keep: Path
    leads: tuple[timedelta, ...] = ()
    """Reminders instead of the mapping's own; none: the mapping's."""
    kill: bool = False
    twice: bool = False
    report: Path | None = None


async def run(order: Order, console: Console) -> list[str]:
    """Replay a table and return what is wrong: nothing where all came out as it should.

    Raises MappingError, TableError, ReplayError, PartError; OSError where the report cannot be written.
    """
    started = time.monotonic()
    mapping = load_mapping(order.mapping)
    mapping = mapping.reminding(*order.leads) if order.leads else mapping
    table = load_table(order.data, mapping)
    console.print(f"{order.data.name}: {table.rows:,} rows, {len(table.refused):,} left out")
    tables.refused(console, table.refused)
    async with (
        anew(console, order.keep) as running,
        session(running, console, subject=mapping.promise.owner, started=started) as opened,
    ):
        return await replayed(opened, order, mapping, table)


async def replayed(running: Session, order: Order, mapping: Mapping, table: Table) -> list[str]:
    """Replay a table on a running stack, show and write the figures, and return what is wrong.

    Raises ReplayError, KeptError; OSError where the report cannot be written.
    """
    await _play(running, order, mapping, table)
    made, figures = await running.judge(await running.finish(), rows=table.rows, refused=len(table.refused))
    wanted = expected(table.tickets, mapping.promise.reminders, mapping.promise.short_notice)
    running.console.print(tables.figures(made, wanted))
    if order.report:
        write(order.report, made)
        running.console.print(f"report: {order.report}")
    return judged(made, figures, wanted)


def judged(made: dict[str, Any], figures: Figures, wanted: dict[str, int]) -> list[str]:
    """Name everything that is wrong with a run."""
    return faults(made, figures) + differences(figures, wanted)


async def _play(running: Session, order: Order, mapping: Mapping, table: Table) -> None:
    total = commands(table.tickets)
    gauge = Gauge(running.console, total)
    kills = Kills(running.stack.directory / "stack.json", total, running.console.print)

    def taken(at: datetime) -> None:
        gauge.step(at)
        if order.kill:
            kills.passed(gauge.done)

    replay = Replay(running.driver, mapping, order.twice, taken)
    play = moments(table.tickets)
    if not play:
        raise ReplayError("no row of the file can be taken")
    with gauge.shown():
        await replay.prepare(play[0].at)
        for moment in play:
            await replay.play(moment)
        await running.driver.settle()
    if order.kill and len(kills.done) < len(running.stack.urls):
        raise ReplayError(f"only {len(kills.done)} services were killed: the file is too short for that")

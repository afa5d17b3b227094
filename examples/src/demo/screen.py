"""How far a replay is: a bar on a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich import progress
from rich.console import Console

PLAIN_SECONDS = 5.0
"""How often it speaks where there is no terminal to draw on."""


class Gauge:
    """Counts commands; `at` is the instant of the table that the replay has come to."""

    def __init__(self, console: Console, total: int) -> None:
        self.done = 0
        self._console = console
        self._total = total
        self._begun = self._spoke = time.monotonic()
        self._bars = progress.Progress(
            progress.TextColumn("{task.fields[day]}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[rate]:.0f}/s"),
            progress.TimeElapsedColumn(),
            progress.TextColumn("left"),
            progress.TimeRemainingColumn(),
            console=console,
        )
        self._bar = self._bars.add_task("replay", total=total, day="", rate=0.0)

    def step(self, at: datetime) -> None:
        """Count one command."""
        self.done += 1
        now = time.monotonic()
        rate = self.done / max(now - self._begun, 0.001)
        self._bars.update(self._bar, completed=self.done, day=f"{at:%Y-%m-%d}", rate=rate)
        if not self._console.is_terminal and now - self._spoke >= PLAIN_SECONDS:
            self._spoke = now
            self._console.print(f"{at:%Y-%m-%d}: {self.done:,} of {self._total:,} commands, {rate:.0f}/s")

    @contextmanager
    def shown(self) -> Iterator["Gauge"]:
        """Draw the bar while the block runs, where there is a terminal; sum up at its end."""
        if self._console.is_terminal:
            self._bars.start()
        try:
            yield self
        finally:
            self._bars.stop()
        seconds = time.monotonic() - self._begun
        self._console.print(
            f"{self.done:,} commands in {seconds:.1f} s, {self.done / max(seconds, 0.001):.0f}/s"
        )

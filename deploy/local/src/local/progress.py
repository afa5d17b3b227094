"""What is being fetched or started, how much of it, and for how long, while one waits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich import progress
from rich.console import Console

PLAIN_SECONDS = 3.0
"""How often a step speaks where there is no terminal to draw on."""


class Step:
    """One thing being done; `say` tells how far it is."""

    def __init__(self, name: str, bars: progress.Progress) -> None:
        self.name = name
        self.started = time.monotonic()
        self._bars = bars
        self._bar = bars.add_task(name, total=None)
        self._spoke = self.started

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.started

    def say(self, what: str) -> None:
        """Tell what is going on; cheap, so call it as often as you like. Said too late, it is not heard."""
        if self._bar not in self._bars.task_ids:
            return
        self._bars.update(self._bar, description=f"{self.name}: {what}")
        if not self._bars.console.is_terminal and time.monotonic() - self._spoke >= PLAIN_SECONDS:
            self._spoke = time.monotonic()
            self._bars.console.print(f"{self.name}: {what} ({self.seconds:.0f} s)", highlight=False)

    def close(self) -> None:
        """Take the step's line away."""
        self._bars.remove_task(self._bar)


class Progress:
    """The steps under way, drawn on a terminal, spoken elsewhere, silent without a console."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(quiet=True)
        self._bars = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}"),
            progress.TimeElapsedColumn(),
            console=self.console,
            transient=True,
        )
        self._open = 0

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show `name` while the body runs, and how long it took once it is done."""
        self._open += 1
        if self._open == 1 and self.console.is_terminal:
            self._bars.start()
        step = Step(name, self._bars)
        try:
            yield step
            self.console.print(f"{name}: ready in {step.seconds:.1f} s", highlight=False)
        finally:
            step.close()
            self._open -= 1
            if self._open == 0 and self.console.is_terminal:
                self._bars.stop()

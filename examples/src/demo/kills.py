"""Kills each service once, without warning, while a replay is under way."""

import asyncio
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

FIRST, LAST = 0.3, 0.7
"""Between which shares of the work the kills lie."""
WITHIN_SECONDS = 0.002
"""How long after a command was taken: the next one is under way then."""


@dataclass
class Kills:
    """The services still to be killed; `stack` is the running stack's stack.json."""

    stack: Path
    total: int
    tell: Callable[[str], None] = lambda _: None
    done: list[str] = field(default_factory=list)

    def passed(self, commands: int) -> None:
        """Say how many commands were taken; kills whoever's turn it is."""
        services: list[str] = list(self._pids())
        while len(self.done) < len(services) and commands >= self._turn(len(self.done), len(services)):
            service = services[len(self.done)]
            self.done.append(service)
            asyncio.get_running_loop().call_later(WITHIN_SECONDS, self._kill, service)

    def _turn(self, number: int, of: int) -> float:
        return self.total * (FIRST + (LAST - FIRST) * number / max(1, of - 1))

    def _kill(self, service: str) -> None:
        pid = self._pids()[service]
        os.kill(pid, signal.SIGKILL)
        self.tell(f"{service} (pid {pid}) was killed")

    def _pids(self) -> dict[str, int]:
        services = json.loads(self.stack.read_text())["services"]
        return {name: service["pid"] for name, service in services.items()}

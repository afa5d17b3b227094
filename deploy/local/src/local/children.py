"""Child processes that end with their parent, whatever ends it."""

import asyncio
import os
import signal
import sys
import threading
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.errors import PartError
from local.progress import Step

POLL_SECONDS = 0.03
TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class Child:
    """A direct child of this process; `log` holds what it prints."""

    name: str
    process: Process
    log: Path
    log_start: int

    @property
    def pid(self) -> int:
        """The process id, of the command itself (no shell stands between)."""
        return self.process.pid

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self.process.returncode is not None

    def said(self) -> str:
        """Everything this child has printed so far."""
        with self.log.open("rb") as file:
            file.seek(self.log_start)
            return file.read().decode(errors="replace")

    def last_words(self, lines: int = 12) -> str:
        """Give the last `lines` lines it printed."""
        return "\n".join(self.said().splitlines()[-lines:])

    async def stop(self, how: signal.Signals = signal.SIGTERM, within: float = 10) -> None:
        """Send `how`, wait for the end, and kill what has not ended `within` seconds."""
        self._send(how)
        try:
            await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            self._send(signal.SIGKILL)
            await self.process.wait()

    def _send(self, how: signal.Signals) -> None:
        if not self.ended:
            with suppress(ProcessLookupError):
                self.process.send_signal(how)


async def spawn(
    name: str,
    *command: str,
    log: Path,
    env: Mapping[str, str] | None = None,
    dies_by: signal.Signals = signal.SIGKILL,
    user: int = 0,
) -> Child:
    """Start `command` as a direct child that gets `dies_by` from the kernel when this process ends.

    The kernel ties that to the *thread* that starts the child, so only the main thread may. The child leads
    a session of its own: Ctrl-C at the terminal reaches it through us, in the right order.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread only: they end with their thread")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        start = out.tell()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(TETHER), str(int(dies_by)), str(os.getpid()), str(user)),
            *command,
            stdin=DEVNULL,
            stdout=out,
            stderr=out,
            env=env,
            start_new_session=True,
        )
        return Child(name, process, log, log_start=start)


async def run(
    name: str, *command: str, log: Path, env: Mapping[str, str] | None = None, user: int = 0
) -> None:
    """Run `command` to its end; PartError with its last words if it fails."""
    child = await spawn(name, *command, log=log, env=env, user=user)
    try:
        status = await child.process.wait()
    except asyncio.CancelledError:
        await child.stop(signal.SIGKILL)
        raise
    if status != 0:
        raise PartError(f"{name} failed (exit status {status}): {child.last_words(3)} (see {log})")


async def ready(child: Child, probe: Callable[[], Awaitable[bool]], step: Step, within: float) -> None:
    """Wait until `probe` says yes; PartError if the child ends first, or after `within` seconds."""
    deadline = time.monotonic() + within
    while not await probe():
        if child.ended:
            raise PartError(
                f"{child.name} ended while starting (exit status {child.process.returncode}): "
                f"see {child.log}\n{child.last_words()}"
            )
        if time.monotonic() > deadline:
            raise PartError(
                f"{child.name} did not answer within {within:.0f} s: see {child.log}\n{child.last_words()}"
            )
        step.say("waiting for it to answer")
        await asyncio.sleep(POLL_SECONDS)

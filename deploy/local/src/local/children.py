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

from local import ports
from local.errors import PartError
from local.progress import Step

POLL_SECONDS = 0.03
PORT_TRIES = 5
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
        """Send `how`, wait for the end, kill what has not ended `within` seconds. Wakes what is frozen."""
        self._send(how)
        self._send(signal.SIGCONT)
        try:
            await asyncio.wait_for(self.process.wait(), within)
        except TimeoutError:
            self._send(signal.SIGKILL)
            await self.process.wait()

    def _send(self, how: signal.Signals) -> None:
        if not self.ended:
            with suppress(ProcessLookupError):
                self.process.send_signal(how)


@dataclass
class Server:
    """A child that answers at one address, and can be stopped and started again there."""

    child: Child
    launch: Callable[[], Awaitable[Child]]
    stops_by: signal.Signals = signal.SIGTERM
    wanted: bool = True
    """False once it has been stopped on purpose: then nobody starts it again unasked."""

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.child.name

    @property
    def pid(self) -> int:
        """The process id; another one after each start."""
        return self.child.pid

    async def stop(self, how: signal.Signals | None = None) -> None:
        """Stop it, gently unless told how (SIGKILL: as a crash would), and let it lie."""
        self.wanted = False
        await self.child.stop(how or self.stops_by)

    async def start(self) -> None:
        """Start it again at the same address."""
        self.child = await self.launch()
        self.wanted = True


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


async def ready(child: Child, probe: Callable[[], Awaitable[bool]], step: Step, within: float) -> Child:
    """Wait until `probe` says yes; PartError if the child ends first, or after `within` seconds.

    A child that does not get so far is killed, whatever the reason.
    """
    deadline = time.monotonic() + within
    try:
        while not await probe():
            _check(child, time.monotonic() > deadline)
            step.say("waiting for it to answer")
            await asyncio.sleep(POLL_SECONDS)
    except BaseException:
        await child.stop(signal.SIGKILL)
        raise
    return child


def _check(child: Child, late: bool) -> None:  # noqa: FBT001
    if child.ended:
        what = f"ended while starting (exit status {child.process.returncode})"
    elif late:
        what = "did not answer in time"
    else:
        return
    raise PartError(
        f"{child.name} {what}: see what its log says, and run it again. The end of {child.log}:\n"
        f"{child.last_words()}"
    )


async def on_free_port(launch: Callable[[int], Awaitable[Child]], taken: str) -> tuple[int, Child]:
    """Launch at a free port, at another if somebody took it meanwhile: then its log says `taken`."""
    for _ in range(PORT_TRIES):
        port = ports.free()
        try:
            return port, await launch(port)
        except PartError as error:
            if taken not in str(error):
                raise
            last = error
    raise last

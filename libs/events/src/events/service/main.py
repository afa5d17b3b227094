"""`python -m <service>`: serve, relay, rebuild, verify, migrate, rotate-keys."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import uvloop
from opentelemetry import trace
from pydantic import ValidationError

from events.bounded import patiently
from events.errors import Fault, KeptError, Unavailable
from events.postgres import LOGS, install, install_keyring
from events.postgres.rotation import rotate
from events.relay import Relay
from events.settings import Settings
from events.telemetry import provider, shut_down
from events.wire import check_upcasters

from .heap import freeze_heap
from .logs import write_json_lines
from .parts import Parts, lent, opened
from .prod import OpenRoutes, faults
from .running import Compose, serving

log = logging.getLogger("kept.main")

REFUSED = 2
"""The exit status of a start that the settings do not allow."""
SPANS_SECONDS = 2.0
LEFT_SECONDS = 0.5
RETRY_SECONDS = 0.5
"""Between two tries to reach a database that is not there yet."""


@dataclass(frozen=True, slots=True)
class Report:
    """What `rebuild` or `verify` found: lines to print, and whether all is well (exit status 0, else 1)."""

    lines: Sequence[str]
    ok: bool = True


Errand = Callable[[Parts], Awaitable[Report]]
Work = Callable[[Settings, asyncio.Event], Coroutine[Any, Any, int]]


def main(
    name: str,
    compose: Compose,
    *,
    schema: str,
    settings: type[Settings] = Settings,
    rebuild: Errand,
    verify: Errand,
) -> None:
    """Run a service from the command line and exit; `schema` is the text of its schema.sql."""
    works: dict[str, Work] = {
        "serve": partial(_serve, name, compose),
        "relay": partial(_relay, name),
        "migrate": partial(_migrate, name, schema),
        "rebuild": partial(_run_errand, name, rebuild),
        "rotate-keys": partial(_rotate, name),
        "verify": partial(_run_errand, name, verify),
    }
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    parser.add_argument("what", nargs="?", default="serve", choices=sorted(works))
    what = parser.parse_args().what
    read = _read(settings, serves=what == "serve")
    write_json_lines(name, read.log_level)
    check_upcasters()
    _exit(works[what], read)


def _read(settings: type[Settings], *, serves: bool) -> Settings:
    """Return the settings; where they are not fit, end the program with a line for each fault."""
    try:
        read = settings()
    except ValidationError as error:
        for found in error.errors(include_input=False, include_url=False):
            name = f"KEPT_{'_'.join(map(str, found['loc']))}: ".upper() if found["loc"] else ""
            says = found["msg"].removeprefix("Value error, ")
            print(f"{name}{says}", file=sys.stderr)  # noqa: T201 - before there are logs
        sys.exit(REFUSED)
    if against := faults(read, serves=serves):
        print("\n".join(against), file=sys.stderr)  # noqa: T201 - before there are logs
        sys.exit(REFUSED)
    return read


def _exit(work: Work, settings: Settings) -> None:
    """Run and exit; what still hangs then is cut off, so that nothing outlives a stop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        status = runner.run(_until_stopped(work, settings))
        sys.stdout.flush()
        logging.shutdown()
        os._exit(status)


async def _until_stopped(work: Work, settings: Settings) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        status = await work(settings, stop)
    except OpenRoutes as error:
        log.critical("%s", error)
        status = REFUSED
    except KeptError as error:
        log.critical("%s", error, exc_info=error)
        status = 1
    except Exception:
        log.critical("ended by a fault", exc_info=True)
        status = 1
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        await asyncio.wait(left, timeout=LEFT_SECONDS)
    return status


async def _serve(name: str, compose: Compose, settings: Settings, stop: asyncio.Event) -> int:
    tracing = provider(name, sampling=settings.sampling, otlp=settings.otlp)
    trace.set_tracer_provider(tracing)
    try:
        await _once_up(name, compose, settings, stop)
    finally:
        if not await asyncio.to_thread(shut_down, tracing, SPANS_SECONDS):
            log.warning("spans were left behind: the collector does not answer")
    return 0


async def _once_up(name: str, compose: Compose, settings: Settings, stop: asyncio.Event) -> None:
    """Serve until stopped; a database that is not there yet is waited for."""
    while not stop.is_set():
        try:
            async with serving(name, compose, settings) as running:
                freeze_heap()
                log.info("%s answers at %s", name, running.url)
                await _first(stop, running.failed)
                log.info("%s stops", name)
        except Unavailable as error:
            log.warning("waiting for the database: %s", error)
            pause = asyncio.sleep(RETRY_SECONDS)  # a database that comes up tells nobody
            await _first(stop, asyncio.ensure_future(pause))
        else:
            return


async def _first(stop: asyncio.Event, other: "asyncio.Future[Any]") -> None:
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait({stopped, other}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()


async def _relay(name: str, settings: Settings, stop: asyncio.Event) -> int:
    async with opened(name, settings) as parts:
        topic = settings.topic_prefix + parts.log.name
        relay = Relay(parts.pool, parts.log, settings.broker, topic, parts.holder)
        task = asyncio.ensure_future(relay.run())
        log.info("%s relays to %s", name, topic)
        await _first(stop, task)
        if task.done():
            task.result()
            return 1
        task.cancel()
        await asyncio.wait({task}, timeout=SPANS_SECONDS)
    return 0


async def _run_errand(name: str, errand: Errand, settings: Settings, _stop: asyncio.Event) -> int:
    async def run() -> Report:
        async with opened(name, settings) as parts:
            return await errand(parts)

    report = await patiently(run)  # an errand may be run again; a busy machine is no reason to fail
    for line in report.lines:
        print(line)  # noqa: T201 - a command prints its answer
    return 0 if report.ok else 1


async def _migrate(name: str, schema: str, settings: Settings, _stop: asyncio.Event) -> int:
    role = urlsplit(settings.database.get_secret_value()).username or f"kept_{name}"
    await install(settings.superuser.get_secret_value(), log=LOGS[name], schema=schema, role=role)
    if keyring := settings.keyring_superuser.get_secret_value():
        holder = urlsplit(settings.keyring.get_secret_value()).username or f"kept_{name}_keys"
        await install_keyring(keyring, role=holder)
    return 0


async def _rotate(name: str, settings: Settings, stop: asyncio.Event) -> int:
    """Wrap every data key by the wrapping key in use, and say how far it is; a stop ends it early."""
    if (wrapping := settings.wrapping) is None:
        raise Fault("KEPT_WRAPPING_KEY is not set")
    dsn = settings.keyring.get_secret_value()
    async with lent(dsn, f"{name}-keys") as pool:
        async for done, left in rotate(pool, wrapping):
            print(f"{name}: {done:,} data keys wrapped anew, {left:,} left", flush=True)  # noqa: T201 - progress
            if stop.is_set():
                return 1
    return 0

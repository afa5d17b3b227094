"""`python -m local run`: the whole stack until Ctrl-C; `python -m local parts`: without the services."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from local.agent import register
from local.errors import PartError
from local.stack import Stack, parts, stack


def main() -> int:
    """Run one command; 0 when it was stopped, 1 with one sentence where it could not go on."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("command", choices=["run", "parts"])
    parser.add_argument("--dir", type=Path, default=Path(os.environ.get("KEPT_DIR", ".kept")))
    asked = parser.parse_args()
    command = {"run": run, "parts": run_parts}[asked.command]
    try:
        asyncio.run(until_stopped(command(asked.dir, Console(highlight=False, soft_wrap=True))))
    except PartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do `work` until SIGINT, SIGTERM or SIGHUP, and let it clean up; a second one does not wait for that.

    (Then the kernel ends the children with us.)
    """
    task, loop = asyncio.create_task(work), asyncio.get_running_loop()

    def stop() -> None:
        if task.cancelling():
            os._exit(130)
        task.cancel()

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(each, stop)
    with suppress(asyncio.CancelledError):
        await task


async def run(directory: Path, console: Console) -> None:
    """Run everything, and say where to look."""
    async with stack(directory, console) as running:
        await register(running)
        console.print(where_to_look(running))
        try:
            await asyncio.Event().wait()
        finally:
            console.print("stopping …")


async def run_parts(directory: Path, console: Console) -> None:
    """Run PostgreSQL, the broker and mail only, for a service started by hand."""
    async with parts(directory, console) as running:
        site = await running.lasting()
        for service, login in site.logins.items():
            console.print(f"{service}: {login}")
        console.print(f"broker: {site.broker.bootstrap}\nmail: {site.mail.host}:{site.mail.port}")
        await asyncio.Event().wait()


def where_to_look(running: Stack) -> str:
    """Tell the addresses of a running stack."""
    mail = running.site.mail
    letters = mail.maildir / "new" if mail.maildir else f"at {mail.host}:{mail.port}"
    services = "\n".join(f"  {name:<10} {url}   {url}/docs" for name, url in running.urls.items())
    return (
        f"\nKept is running.\n{services}\n"
        f"  shell      . {running.directory}/env   # TOKEN, CUSTOMER, addresses\n"
        f"  tokens     {running.directory}/stack.json\n"
        f"  letters    {letters}\n"
        f"  logs       {running.directory}/logs\n"
        "Ctrl-C stops everything; the data stay."
    )


if __name__ == "__main__":
    sys.exit(main())

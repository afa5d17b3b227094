"""Who else is there while a service is measured: intake itself, and stand-ins that have nothing to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic_core import to_json

from events.clock import new_id
from events.feed import write_page
from events.log import Head
from events.wire import ORIGIN
from local.site import Site

from .load import LENGTH
from .processes import service


@asynccontextmanager
async def neighbours(site: Site, directory: Path) -> AsyncIterator[dict[str, str]]:
    """Run the services that cases follows, all of them quiet; yield their addresses."""
    reminders, notifications = (_empty(log) for log in ("reminders", "notifications"))
    async with (
        service("intake", site, directory) as intake,
        answering(reminders) as scheduler,
        answering(notifications) as notifier,
    ):
        yield {"intake": f"http://127.0.0.1:{intake}", "scheduler": scheduler, "notifier": notifier}


def _empty(log: str) -> bytes:
    return to_json(write_page(log, Head(new_id(), 0, ORIGIN), (), str))


@asynccontextmanager
async def answering(body: bytes = b"") -> AsyncIterator[str]:
    """Answer every request with 200 and this body, whatever it says; yield the address."""
    answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n%s%d\r\n\r\n" % (LENGTH, len(body)) + body

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).lower():
                _, length, rest = head.partition(LENGTH)
                await reader.readexactly(int(rest.partition(b"\r\n")[0]) if length else 0)
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

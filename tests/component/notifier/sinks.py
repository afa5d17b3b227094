"""Receivers of messages, kind and hostile: raw HTTP and SMTP on this machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ssl import SSLContext

from aiosmtpd.smtp import SMTP, Envelope, Session

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


Reply = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def replying(*replies: bytes) -> Reply:
    """Answer with these bytes in turn, the last one for ever."""
    left = list(replies)

    async def reply(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return reply


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    """Return a reply with this status."""
    lines = [f"HTTP/1.1 {code} -", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def never(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Take it and say nothing."""
    await asyncio.Event().wait()


async def trickling(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Send one byte of a head at a time, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        writer.write(b"a")
        await asyncio.sleep(0.05)


async def flooding(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Send a body without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\n\r\n")
    with suppress(ConnectionError):
        while True:
            writer.write(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
            await writer.drain()


async def flooding_head(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Send headers without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    with suppress(ConnectionError):
        while True:
            writer.write(b"X-Long: " + b"a" * 0x1000 + b"\r\n")
            await writer.drain()


@dataclass
class HttpSink:
    """A receiver of HTTP requests that answers as it is told."""

    reply: Reply = field(default_factory=lambda: replying(OK))
    port: int = 0
    seen: list[Request] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            original = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
            request = Request(head[0], {name.lower(): value for name, value in original.items()}, body)
            self.seen.append(request)
            self.arrived.set()
            await self.reply(request, writer)
        writer.close()


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Serve connections on a free port until the block ends; gives the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(asyncio.CancelledError):
                await serve(reader, writer)
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in set(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(set(tasks), timeout=5)


@asynccontextmanager
async def http_sink(reply: Reply | None = None) -> AsyncIterator[HttpSink]:
    """Run an HTTP receiver until the block ends."""
    sink = HttpSink(reply) if reply else HttpSink()
    async with listening(sink.serve) as port:
        sink.port = port
        yield sink


@dataclass
class MailSink:
    """A mail server that answers each step as it is told, `250 OK` unless it is."""

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    port: int = 0
    letters: list[Envelope] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Every sender and recipient that it was told."""

    async def handle_MAIL(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a sender."""
        self.heard.append(address)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        self.heard.append(address)
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Keep every letter, and say what is to be said."""
        self.letters.append(envelope)
        return self.data.pop(0) if self.data else "250 OK"


@asynccontextmanager
async def mail_sink(
    sink: MailSink, *, at_once: SSLContext | None = None, starttls: SSLContext | None = None
) -> AsyncIterator[MailSink]:
    """Run a mail server until the block ends; by TLS from the first byte, by STARTTLS, or in plain."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, loop=loop, hostname="sink", tls_context=starttls), "127.0.0.1", 0, ssl=at_once
    )
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()

"""Requests byte by byte, for what no client library would send."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

CLOSED = 0
"""The status of a connection that ended without an answer."""


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    head: bytes
    body: bytes


async def send(url: str, *chunks: bytes, pause: float = 0, seconds: float = 20) -> Heard:
    """Send chunks, with a pause after each, until all are sent or an answer comes; return the answer."""
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    answer = asyncio.ensure_future(_answer(reader))
    try:
        async with asyncio.timeout(seconds):
            for chunk in chunks:
                if answer.done():
                    break
                writer.write(chunk)
                await writer.drain()
                await asyncio.wait({answer}, timeout=pause)
            return await answer
    except ConnectionError:
        return await answer
    finally:
        answer.cancel()
        writer.close()


def request(
    line: str, headers: Sequence[tuple[str, bytes | str]], body: bytes = b"", *, length: bool = True
) -> bytes:
    """Return the bytes of a request; `length`: whether it says how long its body is."""
    said = [("Host", "kept"), *headers, *([("Content-Length", str(len(body)))] if length else [])]
    lines = [
        name.encode() + b": " + (text if isinstance(text, bytes) else text.encode()) for name, text in said
    ]
    return b"\r\n".join([line.encode() + b" HTTP/1.1", *lines, b"", body])


async def _answer(reader: asyncio.StreamReader) -> Heard:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        told = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
        }
        body = await reader.readexactly(int(told.get(b"content-length", 0)))
    except (asyncio.IncompleteReadError, ConnectionError):
        return Heard(CLOSED, b"", b"")
    return Heard(int(head.split(b" ", 2)[1]), head, body)

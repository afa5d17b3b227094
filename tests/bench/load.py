"""Clients that send one request after the other, each over its connection, and note how long it took."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import quantiles

LENGTH = b"content-length: "
OK = (b"200", b"201")


@dataclass
class Load:
    """What came of it."""

    seconds: float
    took: list[float] = field(default_factory=list)
    """Seconds of each answer that came in time."""
    refused: list[bytes] = field(default_factory=list)
    """Answers that were none."""

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.took) / self.seconds

    @property
    def p99(self) -> float:
        """The 99th of a hundred, in milliseconds."""
        return 1000 * quantiles(self.took, n=100)[98]


async def load(
    port: int, request: Callable[[], bytes], *, clients: int, seconds: float, warm: float = 0.5
) -> Load:
    """Let so many clients send to 127.0.0.1, for `warm` seconds and then for those that count."""
    loop = asyncio.get_running_loop()
    begin = loop.time() + warm
    end, found = begin + seconds, Load(seconds)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (sent := loop.time()) < end:
            writer.write(request())
            status, said = await _answer(reader)
            if status not in OK:
                found.refused.append(said)
            elif begin <= sent and loop.time() < end:
                found.took.append(loop.time() - sent)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    await asyncio.gather(*(client() for _ in range(clients)))
    return found


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read one answer; return its status and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    place = head.lower().index(LENGTH) + len(LENGTH)
    body = await reader.readexactly(int(head[place : head.index(b"\r\n", place)]))
    return head[9:12], body


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a POST as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

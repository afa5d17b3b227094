"""Calls to other services."""

import asyncio
import ssl
from functools import cache
from typing import Any

import httpx
from typing_extensions import override

IDLE_SECONDS = 60.0
"""How long a connection that nobody uses is kept by who made it; a service keeps it a little longer."""


@cache
def authorities() -> ssl.SSLContext:
    """Return by whose word a server's name is believed: this machine's, or SSL_CERT_FILE's; read once."""
    return ssl.create_default_context()


class Client(httpx.AsyncClient):
    """An HTTP client that loses no connection.

    Two things lose one in httpcore 1.0: to close the pool while a connection is being made, so let it come to
    `rest` first; and to cancel a call while it closes connections that were idle for too long, so they seldom
    are.
    """

    def __init__(self, timeout: float) -> None:
        limits = httpx.Limits(
            max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE_SECONDS
        )
        super().__init__(timeout=timeout, limits=limits, verify=authorities())
        self._under_way: set[asyncio.Future[None]] = set()

    @override
    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        done = asyncio.get_running_loop().create_future()
        self._under_way.add(done)
        try:
            return await super().send(request, **options)
        finally:
            self._under_way.discard(done)
            done.set_result(None)

    async def rest(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

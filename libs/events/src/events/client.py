"""Calls to other services."""

import asyncio
from typing import Any

import httpx
from typing_extensions import override


class Client(httpx.AsyncClient):
    """An HTTP client that knows what is under way.

    Let it come to `rest` before it is closed: a connection that is being made meanwhile is closed by nobody.
    """

    def __init__(self, timeout: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(timeout=timeout, transport=transport)
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

"""Connections of callers: a request's head comes within a time and a size, or the connection is closed."""

import asyncio
from typing import Any

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST = 65_536
"""Bytes of a head, beyond what one look at the socket brings; the door allows less (events.service.door)."""
SECONDS = 10.0
"""For the whole head to come."""


class Connection(HttpToolsProtocol):
    """One connection, closed where a head grows too large or does not end in time."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._left: int | None = LARGEST
        self._timer: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        left = self._left
        super().data_received(data)
        if left is not None and self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                self.transport.close()

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._arrived()
        self._expect()

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        if self._left is not None:  # what comes after a body is of no use to anybody
            super().on_header(name, value)

    @override
    def on_headers_complete(self) -> None:
        self._arrived()
        super().on_headers_complete()

    def _expect(self) -> None:
        self._left = LARGEST
        self._timer = self.loop.call_later(SECONDS, self.transport.close)

    def _arrived(self) -> None:
        self._left = None
        if self._timer is not None:
            self._timer.cancel()

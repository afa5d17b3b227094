"""The log of another service, read by HTTP from its owner."""

import asyncio
from http import HTTPStatus

import httpx

from events.errors import Unavailable, Undecodable
from events.feed import LIMIT, Page, read_page
from events.log import Head
from events.recorded import Stored

from .integrity import diverged

POLL_SECONDS = 1.0
ANSWER_SECONDS = 5.0


class FeedSource:
    """`GET /v1/events` of the service at `base_url`, which owns the log."""

    def __init__(self, client: httpx.AsyncClient, base_url: str, token: str, log_name: str) -> None:
        self._client = client
        self._url = f"{base_url.rstrip('/')}/v1/events"
        self._headers = {"Authorization": f"Bearer {token}"}
        self.name = log_name

    async def read(self, after: Head, limit: int, timeout: float) -> list[Stored]:  # noqa: ASYNC109 - a bound
        """Return the rows that follow a place; where there are none, wait a little. Raises Unavailable."""
        page = await self._page(after.position, limit)
        if not page.rows:
            await asyncio.sleep(min(timeout, POLL_SECONDS))  # a feed answers at once, also with nothing
        return list(page.rows)

    async def check(self, at: Head, reader: str) -> None:
        """Raise LogDiverged unless the log has this hash at this position; Unavailable."""
        if at.position == 0:
            return
        page = await self._page(at.position - 1, 1)
        row = page.rows[0] if page.rows else None
        if row is None or Head(row.log_id, row.position, row.hash) != at:
            raise diverged(reader, self.name, at, row, page.head.position)

    async def close(self) -> None:
        """Hold nothing: the client is its owner's."""

    async def _page(self, after: int, limit: int) -> Page:
        try:
            answer = await self._client.get(
                self._url,
                params={"after": str(after), "limit": str(min(limit, LIMIT))},
                headers=self._headers,
                timeout=ANSWER_SECONDS,
            )
            if answer.status_code == HTTPStatus.OK:
                return read_page(answer.json())
        except (httpx.TransportError, ValueError, Undecodable) as error:
            raise Unavailable(f"the feed of {self.name} did not answer: {error!r}") from error
        raise Unavailable(f"the feed of {self.name} answered {answer.status_code}")

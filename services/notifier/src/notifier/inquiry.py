"""Asking the service `cases` how a commitment stands, just before a message about it goes out."""

import asyncio
import logging
from uuid import UUID

import httpx
from pydantic import SecretStr, ValidationError

from events.telemetry import carried

from .watched import Answered

log = logging.getLogger("kept.inquiry")

SECONDS = 2.0
"""How long an answer is waited for."""


class Inquiry:
    """Asks with the notifier's own token."""

    def __init__(
        self, client: httpx.AsyncClient, base_url: str, token: SecretStr, seconds: float = SECONDS
    ) -> None:
        self._client = client
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._seconds = seconds

    def link(self, commitment: UUID) -> str:
        """Return where a commitment can be looked up."""
        return f"{self._base_url}/v1/commitments/{commitment}"

    async def ask(self, commitment: UUID, position: int) -> Answered | None:
        """Return how a commitment stands, not older than a position of `cases`; none: no answer in time."""
        headers = {
            "Authorization": f"Bearer {self._token.get_secret_value()}",
            "Kept-After": f"cases@{position}",
            "Prefer": "wait=1",
            **carried(),
        }
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.get(self.link(commitment), headers=headers)
            answer.raise_for_status()
            return Answered.model_validate_json(answer.content)
        except (httpx.HTTPError, OSError, TimeoutError, ValidationError) as error:
            log.warning("cases gave no answer", extra={"error": type(error).__name__})
            return None

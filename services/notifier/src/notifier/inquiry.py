"""Asking the service `cases` how a commitment stands, just before a message about it goes out."""

from uuid import UUID

import httpx
from pydantic import SecretStr

from .asking import SECONDS, asked
from .watched import Answered


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
        headers = {"Kept-After": f"cases@{position}", "Prefer": "wait=1"}
        return await asked(
            self._client,
            self.link(commitment),
            self._token,
            Answered,
            seconds=self._seconds,
            headers=headers,
        )

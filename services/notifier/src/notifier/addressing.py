"""Asking the service `intake` who a customer is, just before a letter to them goes out."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from events.telemetry import carried

log = logging.getLogger("kept.addressing")

SECONDS = 2.0
"""How long an answer is waited for."""


class Addressee(BaseModel):
    """Whom a letter is addressed to; it is kept in no place of the notifier's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    address: str | None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Addressing:
    """Asks with the notifier's own token."""

    client: httpx.AsyncClient
    base_url: str
    token: SecretStr
    seconds: float = SECONDS

    async def ask(self, customer: UUID) -> Addressee | None:
        """Return who a customer is; none: no answer in time."""
        url = f"{self.base_url.rstrip('/')}/v1/customers/{customer}"
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}", **carried()}
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self.client.get(url, headers=headers)
            answer.raise_for_status()
            return Addressee.model_validate_json(answer.content)
        except (httpx.HTTPError, OSError, TimeoutError, ValidationError) as error:
            log.warning("intake gave no answer", extra={"error": type(error).__name__})
            return None

"""Asking the service `intake` who a customer is, just before a letter to them goes out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, SecretStr

from .asking import SECONDS, asked


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
        return await asked(self.client, url, self.token, Addressee, seconds=self.seconds)

"""Asking another service with the notifier's own token; an answer that does not come is not waited for."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TypeVar

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from events.telemetry import carried

log = logging.getLogger("kept.asking")

SECONDS = 2.0
"""How long an answer is waited for."""
NO_HEADERS: Mapping[str, str] = {}
M = TypeVar("M", bound=BaseModel)


async def asked(
    client: httpx.AsyncClient,
    url: str,
    token: SecretStr,
    shape: type[M],
    *,
    seconds: float = SECONDS,
    headers: Mapping[str, str] = NO_HEADERS,
) -> M | None:
    """Return what a GET is answered with; none: no answer of this shape in time."""
    said = {"Authorization": f"Bearer {token.get_secret_value()}", **headers, **carried()}
    try:
        async with asyncio.timeout(seconds):
            answer = await client.get(url, headers=said)
        answer.raise_for_status()
        return shape.model_validate_json(answer.content)
    except (httpx.HTTPError, OSError, TimeoutError, ValidationError) as error:
        log.warning("no answer", extra={"host": httpx.URL(url).host, "error": type(error).__name__})
        return None

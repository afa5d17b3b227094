"""The first person at the desk: `make run` makes one owner and one recipient, both named `agent`."""

from http import HTTPStatus
from typing import Any

import httpx

from local.errors import PartError
from local.stack import Stack

ZONE = "Europe/Berlin"
ADDRESS = "agent@localhost"
NOT_THERE_YET = '"0"'
"""The version of what does not exist: what an earlier run registered, and somebody changed since, stays."""


async def register(running: Stack) -> None:
    """Make the owner and the recipient, where there are none of that name."""
    async with httpx.AsyncClient(timeout=10) as client:
        await _put(client, running, "cases", "/v1/owners/agent", {"zone": ZONE})
        await _put(client, running, "notifier", "/v1/recipients/agent", {"email": ADDRESS})


async def _put(
    client: httpx.AsyncClient, running: Stack, service: str, path: str, body: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {running.token}", "If-Match": NOT_THERE_YET}
    try:
        answer = await client.put(running.urls[service] + path, json=body, headers=headers)
    except httpx.HTTPError as error:
        raise PartError(
            f"{service} did not answer PUT {path} ({error!r}): see {running.directory}/logs"
        ) from error
    if not answer.is_success and answer.status_code != HTTPStatus.PRECONDITION_FAILED:
        raise PartError(f"{service} refused PUT {path}: {answer.status_code} {answer.text}")

"""Who is there to begin with: the owner and the recipient `agent`, and a customer to try things with."""

from http import HTTPStatus
from typing import Any

import httpx

from local.errors import PartError
from local.report import FIRST_CUSTOMER
from local.stack import Stack

ZONE = "Europe/Berlin"
ADDRESS = "agent@localhost"
SOURCE, REFERENCE = FIRST_CUSTOMER
CUSTOMER = {"name": "Lan Nguyễn", "zone": "Asia/Ho_Chi_Minh", "source": SOURCE, "reference": REFERENCE}
NOT_THERE_YET = '"0"'
"""The version of what does not exist: what an earlier run registered, and somebody changed since, stays."""


async def register(running: Stack) -> None:
    """Make the owner, the recipient and the customer, where they are not there yet."""
    first, once = {"If-Match": NOT_THERE_YET}, {"Idempotency-Key": "the-first-customer"}
    async with httpx.AsyncClient(timeout=10) as client:
        await _send(client, running, "cases", "PUT /v1/owners/agent", {"zone": ZONE}, first)
        await _send(client, running, "notifier", "PUT /v1/recipients/agent", {"email": ADDRESS}, first)
        await _send(client, running, "intake", "POST /v1/customers", CUSTOMER, once)


async def _send(
    client: httpx.AsyncClient,
    running: Stack,
    service: str,
    what: str,
    body: dict[str, Any],
    headers: dict[str, str],
) -> None:
    method, path = what.split()
    headers = headers | {"Authorization": f"Bearer {running.token}"}
    try:
        answer = await client.request(method, running.urls[service] + path, json=body, headers=headers)
    except httpx.HTTPError as error:
        raise PartError(
            f"{service} did not answer {what} ({error!r}): see {running.directory}/logs"
        ) from error
    if not answer.is_success and answer.status_code != HTTPStatus.PRECONDITION_FAILED:
        raise PartError(f"{service} refused {what}: {answer.status_code} {answer.text}")

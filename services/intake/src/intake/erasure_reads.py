"""How far the erasure of a customer is: asked of every service that keeps keys of customers."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

import httpx
from fastapi import APIRouter
from pydantic import BaseModel

from events.catalogue import CustomerErased
from events.errors import Undecodable, Unknown
from events.feed import read_page
from events.fields import Id
from events.service import Parts
from events.service.erasing import stream

from .customer import stream as of_customer

ELSEWHERE = ("cases", "notifier")
"""The other services that keep keys of customers; the scheduler knows nothing personal."""
SECONDS = 1.5
"""How long another service is waited for."""


class ServiceErasure(BaseModel):
    """How far one service is."""

    service: str
    state: Literal["done", "under way", "no answer"]
    """No answer: it could not be asked now; it erases all the same, as soon as it runs."""
    at: datetime | None = None
    """When its key of the customer was destroyed."""


class Erasure(BaseModel):
    """How far the erasure of a customer is."""

    customer: UUID
    erased_at: datetime
    done: bool
    """Every service is done."""
    services: list[ServiceErasure]


def erasure_reads(router: APIRouter, parts: Parts) -> None:
    """Add the read of erasures."""

    @router.get("/customers/{customer}/erasure", response_model=Erasure)
    async def get_erasure(customer: Id) -> Any:
        """Say how far the erasure of a customer is, service by service."""
        asked = await parts.log.tail(0, 1, stream=of_customer(customer), kind=CustomerErased.__name__)
        if not asked:
            raise Unknown(what="erasure of", id=customer)
        elsewhere = await asyncio.gather(*(_there(parts, each, customer) for each in ELSEWHERE))
        services = [await _here(parts, customer), *elsewhere]
        done = all(each.state == "done" for each in services)
        return Erasure(customer=customer, erased_at=asked[0].recorded_at, done=done, services=services)


async def _here(parts: Parts, customer: UUID) -> ServiceErasure:
    rows = await parts.log.stream(stream(customer))
    return _said(parts.name, rows[0].recorded_at if rows else None)


async def _there(parts: Parts, service: str, customer: UUID) -> ServiceErasure:
    """Look for the end of it in the log of another service."""
    token = parts.settings.token.get_secret_value()
    try:
        async with asyncio.timeout(SECONDS):
            answer = await parts.client.get(
                f"{parts.settings.urls[service].rstrip('/')}/v1/events",
                params={"stream": stream(customer), "limit": "1"},
                headers={"Authorization": f"Bearer {token}"},
            )
        if answer.status_code == HTTPStatus.OK:
            rows = read_page(answer.json()).rows
            return _said(service, rows[0].recorded_at if rows else None)
    except (httpx.HTTPError, OSError, TimeoutError, KeyError, ValueError, Undecodable):
        pass
    return ServiceErasure(service=service, state="no answer")


def _said(service: str, at: datetime | None) -> ServiceErasure:
    return ServiceErasure(service=service, state="under way" if at is None else "done", at=at)

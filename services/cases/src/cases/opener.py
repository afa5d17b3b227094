"""Asking the service that keeps a log what sealed words in it say."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from events.catalogue import ContactReceived, CustomerAnswered, Event
from events.errors import Unavailable, Undecodable
from events.recorded import Recorded
from events.sealing import key_id
from events.service.parts import SERVICES
from events.telemetry import carried

SECONDS = 2.0
"""How long an answer is waited for."""


class _Opened(BaseModel):
    clear: list[str]


class Opener:
    """Asks with the token of `cases`."""

    def __init__(self, client: httpx.AsyncClient, urls: Mapping[str, str], token: SecretStr) -> None:
        self._client = client
        self._urls = urls
        self._token = token

    async def opened(self, recorded: Recorded[Event]) -> Recorded[Event]:
        """Return an event with the words that a case takes over; others stay sealed.

        Raises Unavailable, and Undecodable where the service says that these are no words of its log.
        """
        event = recorded.event
        if not isinstance(event, ContactReceived | CustomerAnswered) or not needs_words(event):
            return recorded
        clear = await self._ask(recorded, str(event.words))
        return replace(recorded, event=event.model_copy(update={"words": clear}))

    async def _ask(self, recorded: Recorded[Event], value: str) -> str:
        service = SERVICES[recorded.row.log]
        url = f"{self._urls[service].rstrip('/')}/v1/openings"
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}", **carried()}
        body = {"sealed": [{"event": str(recorded.id), "field": "words", "value": value}]}
        try:
            async with asyncio.timeout(SECONDS):
                answer = await self._client.post(url, json=body, headers=headers)
            if answer.status_code == HTTPStatus.OK:
                return _Opened.model_validate_json(answer.content).clear[0]
        except (httpx.HTTPError, OSError, TimeoutError, ValidationError, IndexError) as error:
            raise Unavailable(f"{service} did not say what was said: {type(error).__name__}") from error
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise Undecodable(f"{service} cannot open the words of {recorded.row.log}@{recorded.position}")
        raise Unavailable(f"{service} did not say what was said: {answer.status_code}")


def needs_words(event: ContactReceived | CustomerAnswered) -> bool:
    """Say whether a case takes over the words of an event, and they are sealed."""
    taken = not isinstance(event, ContactReceived) or event.opens
    return taken and event.words is not None and key_id(event.words) is not None

"""The public face of subscribers: which other systems are told of lapses and keeps."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from events.catalogue import SubscriberChanged
from events.catalogue.notices import Moment
from events.errors import Invalid, Unknown
from events.fields import Name
from events.service import (
    Asking,
    Commands,
    Cursor,
    Limit,
    Parts,
    Reach,
    command,
    page,
    tagged,
)

from . import subscriber, subscriptions
from .recipient import MAY_SET
from .subscriber import SetSubscriber, Subscriber
from .weighing import Subscribers

EXAMPLE = {
    "url": "https://board.example/kept",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "on": ["lapsed", "kept"],
}


def subscribing(subscribers: Subscribers) -> Commands[Subscriber | None, SetSubscriber, SubscriberChanged]:
    """Return the commands on subscribers."""

    async def prepare(body: SetSubscriber, asking: Asking) -> SetSubscriber:
        if body.url.startswith("http:") and asking.parts.settings.profile != "dev":
            raise Invalid(field="url", reason="give an https address")
        return body

    return Commands(
        subscribers,
        stream=lambda command: subscriber.stream(command.name),
        specs=(command(SetSubscriber, "PUT", "/v1/subscribers/{name}", roles=MAY_SET, example=EXAMPLE),),
        answer=lambda command, _subscriber, version, _events: {"id": command.name, "version": version},
        prepare=prepare,
    )


class SubscriberShown(BaseModel):
    """Which moments another system is told of, and where; the secret is not shown."""

    name: str
    version: int
    url: str
    former_until: datetime | None
    """Until then the secret before this one signs as well."""
    on: tuple[Moment, ...]
    active: bool


class SubscribersShown(BaseModel):
    """A page of subscribers."""

    items: list[SubscriberShown]
    next: str | None


def subscriber_reads(parts: Parts, subscribers: Subscribers) -> APIRouter:
    """Return the reads of subscribers."""
    router = APIRouter(dependencies=[Depends(Reach(MAY_SET))])

    async def shown(name: str) -> dict[str, Any]:
        version, found = await subscribers.state(subscriber.stream(name))
        if found is None:
            raise Unknown(what="subscriber", id=name)
        return {"name": name, "version": version, **found.model_dump(exclude={"secret", "former_secret"})}

    @router.get("/subscribers/{name}", response_model=SubscriberShown)
    async def get_subscriber(name: Name, answer: Response) -> Any:
        """Return a subscriber."""
        found = await shown(name)
        tagged(answer, found["version"])
        return found

    @router.get("/subscribers", response_model=SubscribersShown)
    async def list_subscribers(cursor: Cursor, limit: Limit = 50) -> Any:
        """Return subscribers, by name."""
        (after,) = cursor.place(str) or ("",)
        names = await subscriptions.subscribers(parts.pool, after, limit + 1)
        return page([await shown(each) for each in names], limit, lambda item: cursor.write(item["name"]))

    return router

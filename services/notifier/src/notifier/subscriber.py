"""Subscribers: which other systems are told of lapses and keeps, and by which webhook."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from events.catalogue import SubscriberChanged
from events.catalogue.notices import Moment
from events.decider import Asked, Decider
from events.errors import Forbidden
from events.fields import Body, Name

from .recipient import MAY_SET, Overlap, Recipient, Secret, Webhook
from .signing import OVERLAP, Keys

PREFIX = "subscriber-"
"""What stands before their names, in streams and where deliveries name who they are for."""


class SetSubscriber(Body):
    """Say what another system is told and where it listens, whole."""

    name: Name
    url: Webhook
    secret: Secret = Field(repr=False)
    overlap: Overlap = OVERLAP
    on: Annotated[tuple[Moment, ...], Field(min_length=1, max_length=2, strict=False)]
    active: bool = True


class Subscriber(BaseModel):
    """What another system is told, and where it listens."""

    model_config = ConfigDict(frozen=True)

    url: str
    secret: str = Field(repr=False)
    former_secret: str | None = Field(default=None, repr=False)
    former_until: datetime | None = None
    on: tuple[Moment, ...]
    active: bool

    @property
    def reached(self) -> Recipient:
        """How it is reached."""
        said = self.model_dump(include={"secret", "former_secret", "former_until"})
        return Recipient(webhook=self.url, **said)


def stream(name: str) -> str:
    """Return the stream of a subscriber."""
    return PREFIX + name


def decide(state: Subscriber | None, command: SetSubscriber, asked: Asked) -> Sequence[SubscriberChanged]:
    """Return the change, or none where it stands so already. Raises Forbidden without a role of MAY_SET."""
    if not asked.actor.has(*MAY_SET):
        raise Forbidden(needed=", ".join(sorted(MAY_SET)))
    moments = tuple(dict.fromkeys(command.on))
    before = state.reached.keys if state is not None and state.url == command.url else Keys()
    keys = before.replaced(command.secret, command.overlap, asked.now)
    said = {**command.model_dump(exclude={"overlap"}), "on": moments}
    changed = SubscriberChanged(**said, former_secret=keys.former, former_until=keys.until)
    return () if evolve(state, changed) == state else (changed,)


def evolve(_state: Subscriber | None, event: SubscriberChanged) -> Subscriber:
    """Return the subscriber after an event."""
    return Subscriber.model_validate(event.model_dump(exclude={"name"}))


DECIDER: Decider[Subscriber | None, SetSubscriber, SubscriberChanged] = Decider(None, decide, evolve)

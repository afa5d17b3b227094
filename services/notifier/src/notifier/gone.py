"""A webhook whose receiver says that it is gone: nothing is posted there any more, until it is set again."""

import logging

from events.clock import derived_id
from events.decider import Actor
from events.perform import Context

from . import recipient, subscriber
from .delivery import Delivery
from .recipient import SetRecipient
from .subscriber import PREFIX, SetSubscriber
from .weighing import Recipients, Subscribers

log = logging.getLogger("kept.gone")


async def close(
    recipients: Recipients, subscribers: Subscribers, delivery: Delivery, url: str, actor: Actor
) -> None:
    """Forget a recipient's webhook, or let a subscriber rest, unless it listens elsewhere by now.

    Raises Conflict, Unavailable.
    """
    name = delivery.recipient or ""
    if delivery.announced is not None:
        await _rest(subscribers, name.removeprefix(PREFIX), delivery, url, actor)
        return
    version, found = await recipients.state(recipient.stream(name))
    if found is not None and found.webhook == url:
        kept = found.model_dump(exclude={"webhook", "secret", "former_secret", "former_until"})
        command = SetRecipient(name=name, **kept)
        await recipients.perform(recipient.stream(name), command, _because(delivery, version, actor))
        log.warning("a webhook is gone", extra={"recipient": name})


async def _rest(subscribers: Subscribers, name: str, delivery: Delivery, url: str, actor: Actor) -> None:
    version, found = await subscribers.state(subscriber.stream(name))
    if found is not None and found.active and found.url == url:
        command = SetSubscriber(name=name, url=url, secret=found.secret, on=found.on, active=False)
        await subscribers.perform(subscriber.stream(name), command, _because(delivery, version, actor))
        log.warning("a webhook is gone", extra={"subscriber": name})


def _because(delivery: Delivery, version: int, actor: Actor) -> Context:
    command = derived_id(delivery.id, "gone", version)
    return Context(command, actor, delivery.correlation, delivery.cause, expected=version)

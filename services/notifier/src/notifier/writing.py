"""How a message is written: the letter and the data of what goes out together, and the links in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .channels import Message
from .delivery import ACKNOWLEDGED, Delivery
from .inquiry import Inquiry
from .links import LASTS, Links
from .payload import announcement, payload
from .weighing import Ready
from .wording import Letter, Scene, letter


@dataclass(frozen=True, slots=True)
class Writer:
    """What writing needs."""

    links: Links
    inquiry: Inquiry

    def written(self, going: Sequence[Ready], message: UUID, now: datetime) -> Message:
        """Return the message of this id that names what goes out now."""
        first = going[0].claim.delivery
        if first.announced is not None:
            data = announcement(first.announced, self.inquiry.link(first.commitment))
            return Message(message, Letter("", ""), data, now)
        acknowledge = None
        if any(_is_acknowledged(each.claim.delivery) for each in going):
            until = max(_link_until(each.claim.delivery, now) for each in going)
            acknowledge = self.links.to("acknowledge", message, until)
        scenes = [self._scene(each, now, acknowledge) for each in going]
        return Message(message, letter(scenes), payload(scenes), now)

    def _scene(self, ready: Ready, now: datetime, acknowledge: str | None) -> Scene:
        claim, customer = ready.claim, ready.customer
        theirs = claim.delivery.is_for_customer
        return Scene(
            claim.delivery,
            ready.answered,
            now,
            self.inquiry.link(claim.delivery.commitment),
            ready.reached.zone or claim.zone,
            None if theirs else claim.customer_zone,
            ready.reached.language,
            acknowledge,
            self._answer(claim.delivery),
            ready.name,
            customer.channel if customer else "unknown",
        )

    def _answer(self, delivery: Delivery) -> str | None:
        """Return the link by which the customer answers until the new time has come."""
        if not delivery.is_for_customer or delivery.due is None:
            return None
        return self.links.to("answer", delivery.id, delivery.due)


def _is_acknowledged(delivery: Delivery) -> bool:
    return delivery.is_reminder or delivery.notice in ACKNOWLEDGED


def _link_until(delivery: Delivery, now: datetime) -> datetime:
    return delivery.due if delivery.is_reminder and delivery.due else now + LASTS

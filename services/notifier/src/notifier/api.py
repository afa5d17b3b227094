"""The public face of the notifier: recipients, and what became of deliveries."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.responses import Response

from events.catalogue import RecipientChanged
from events.catalogue.notices import FailureReason, Language, Means, SuppressionReason
from events.catalogue.terms import Role
from events.errors import Invalid, Unknown
from events.fields import Id, Name
from events.service import (
    READERS,
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
from events.settings import Settings as Shared

from . import delivery, recipient, tables
from .delivery import MAY_ACKNOWLEDGE, Acknowledge, AcknowledgeDelivery, Command, Course, Done
from .recipient import LOOPBACK, MAY_SET, OWN, Recipient, SetRecipient, chat_kind
from .settings import Settings
from .weighing import Deliveries as Messages
from .weighing import Recipients

MAY_CALL = MAY_SET | {"agent"}
Whose = Annotated[str | None, Depends(Reach(MAY_SET, own=READERS - MAY_SET))]
EXAMPLE = {"email": "mai@kept.example"}


def commands(recipients: Recipients) -> Commands[Recipient | None, SetRecipient, RecipientChanged]:
    """Return the commands on recipients."""

    async def prepare(body: SetRecipient, asking: Asking) -> SetRecipient:
        # before a version is compared, which would say whether there is such a recipient
        recipient.must_be_theirs(body, asking.actor)
        if (body.webhook or "").startswith("http:") and asking.parts.settings.profile != "dev":
            raise Invalid(field="webhook", reason="give an https address")
        if body.chat is not None:
            _check_chat(body.chat, asking.parts.settings)
        return body

    return Commands(
        recipients,
        stream=lambda command: recipient.stream(command.name),
        specs=(
            command(
                SetRecipient,
                "PUT",
                "/v1/recipients/{name}",
                roles=MAY_CALL,
                own=MAY_CALL - MAY_SET,
                example=EXAMPLE,
            ),
        ),
        answer=lambda command, _recipient, version, _events: {"id": command.name, "version": version},
        prepare=prepare,
    )


def _check_chat(address: str, settings: Shared) -> None:
    """Refuse a chat server that is neither a known service nor one that this installation names."""
    kind, host = chat_kind(address)
    if kind in OWN.values() and settings.profile != "dev":
        raise Invalid(field="chat", reason="give an address with TLS")
    known = settings.chat_hosts if isinstance(settings, Settings) else ()
    if kind in OWN and host not in known and host not in LOOPBACK:
        raise Invalid(field="chat", reason="the host is none of this installation's chat servers")


def acknowledging(deliveries: Messages) -> Commands[Course, Command, Done]:
    """Return the command by which a recipient takes note of a message."""

    async def prepare(body: AcknowledgeDelivery, _asking: Asking) -> Acknowledge:
        return Acknowledge(body.delivery, "call")

    return Commands(
        deliveries,
        stream=lambda command: delivery.stream(command.delivery),
        specs=(
            command(
                AcknowledgeDelivery,
                "POST",
                "/v1/deliveries/{delivery}/acknowledgement",
                roles=MAY_CALL,
                own=MAY_CALL - MAY_ACKNOWLEDGE,
            ),
        ),
        answer=lambda command, _course, version, _events: {"id": str(command.delivery), "version": version},
        prepare=prepare,
    )


class RecipientShown(BaseModel):
    """How somebody is reached; what opens a channel to them, the secret and the chat, is not shown."""

    name: str
    version: int
    email: str | None
    webhook: str | None
    former_until: datetime | None
    """Until then the secret before this one signs webhooks as well."""
    has_chat: bool
    order: tuple[Means, ...]
    language: Language
    zone: str | None


class DeliveryShown(BaseModel):
    """A delivery, and what came of it."""

    id: UUID
    state: Literal["pending", "sent", "failed", "suppressed"]
    commitment: UUID
    case: UUID
    revision: int
    notice: str
    recipient: str | None
    role: Role | None
    means: Means | None
    reason: FailureReason | SuppressionReason | None
    attempts: int
    raced: bool | None
    unchecked: bool | None
    digest: UUID | None
    """The message that named several."""
    acknowledged_at: datetime | None
    made_at: datetime
    next_attempt: datetime | None
    settled_at: datetime | None


class Deliveries(BaseModel):
    """A page of deliveries."""

    items: list[DeliveryShown]
    next: str | None


def reads(parts: Parts, recipients: Recipients) -> APIRouter:
    """Return the reads."""
    router = APIRouter(prefix="/v1")

    @router.get("/recipients/{name}", response_model=RecipientShown)
    async def get_recipient(name: Name, answer: Response, mine: Whose) -> Any:
        """Return how somebody is reached: who may not set others sees nobody but themselves."""
        in_reach = mine is None or name == mine
        version, found = await recipients.state(recipient.stream(name)) if in_reach else (0, None)
        if found is None:
            raise Unknown(what="recipient", id=name)
        tagged(answer, version)
        shown = found.model_dump(exclude={"secret", "former_secret", "chat"})
        return {"name": name, "version": version, "has_chat": found.chat is not None, **shown}

    @router.get("/deliveries", response_model=Deliveries)
    async def list_deliveries(
        cursor: Cursor,
        commitment: Id | None = None,
        recipient: Name | None = None,
        state: Annotated[Literal["pending", "sent", "failed", "suppressed"] | None, Query()] = None,
        limit: Limit = 50,
    ) -> Any:
        """Return deliveries, the last made first: about a commitment, to a recipient, in a state."""
        asked = {"commitment": commitment, "recipient": recipient, "state": state}
        wanted: dict[str, tuple[object, ...]] = {name: (value,) for name, value in asked.items() if value}
        if (place := cursor.place(datetime.fromisoformat, UUID)) is not None:
            wanted["before"] = place
        items = await tables.deliveries(parts.pool, wanted, limit + 1)
        return page(items, limit, lambda item: cursor.write(item["made_at"].isoformat(), item["id"]))

    return router

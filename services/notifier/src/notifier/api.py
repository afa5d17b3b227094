"""The public face of the notifier: recipients, and what became of deliveries."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from events.catalogue import RecipientChanged
from events.catalogue.notices import FailureReason, Means, SuppressionReason
from events.errors import Invalid, Unknown
from events.fields import Name
from events.service import (
    Asking,
    Commands,
    Cursor,
    Limit,
    Parts,
    command,
    page,
    read_cursor,
    tagged,
    write_cursor,
)

from . import recipient, tables
from .recipient import MAY_SET, Recipient, SetRecipient
from .sender import Recipients

MAY_CALL = MAY_SET | {"agent"}
EXAMPLE = {"email": "mai@kept.example"}


def commands(recipients: Recipients) -> Commands[Recipient | None, SetRecipient, RecipientChanged]:
    """Return the commands on recipients."""

    async def prepare(body: SetRecipient, asking: Asking) -> SetRecipient:
        if (body.webhook or "").startswith("http:") and asking.parts.settings.profile != "dev":
            raise Invalid(field="webhook", reason="give an https address")
        return body

    return Commands(
        recipients,
        stream=lambda command: recipient.stream(command.name),
        specs=(command(SetRecipient, "PUT", "/v1/recipients/{name}", roles=MAY_CALL, example=EXAMPLE),),
        answer=lambda command, _recipient, version, _events: {"id": command.name, "version": version},
        prepare=prepare,
    )


class RecipientShown(BaseModel):
    """How somebody is reached; the secret is not shown."""

    name: str
    version: int
    email: str | None
    webhook: str | None


class DeliveryShown(BaseModel):
    """A delivery, and what came of it."""

    id: UUID
    state: Literal["pending", "sent", "failed", "suppressed"]
    commitment: UUID
    case: UUID
    revision: int
    notice: str
    recipient: str | None
    means: Means | None
    reason: FailureReason | SuppressionReason | None
    attempts: int
    raced: bool | None
    unchecked: bool | None
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
    async def get_recipient(name: Name, answer: Response) -> Any:
        """Return how somebody is reached."""
        version, found = await recipients.state(recipient.stream(name))
        if found is None:
            raise Unknown(what="recipient", id=name)
        tagged(answer, version)
        return {"name": name, "version": version, "email": found.email, "webhook": found.webhook}

    @router.get("/deliveries", response_model=Deliveries)
    async def list_deliveries(
        commitment: UUID | None = None,
        recipient: Name | None = None,
        state: Annotated[Literal["pending", "sent", "failed", "suppressed"] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Any:
        """Return deliveries, the last made first: about a commitment, to a recipient, in a state."""
        asked = {"commitment": commitment, "recipient": recipient, "state": state}
        wanted: dict[str, tuple[object, ...]] = {name: (value,) for name, value in asked.items() if value}
        if (place := read_cursor(cursor, datetime.fromisoformat, UUID)) is not None:
            wanted["before"] = place
        items = await tables.deliveries(parts.pool, wanted, limit + 1)
        return page(items, limit, lambda item: write_cursor(item["made_at"].isoformat(), item["id"]))

    return router

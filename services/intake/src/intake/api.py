"""The public face of intake: its table of commands and its reads."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from events.catalogue.contacts import Channel, Outcome, Served, Visibility
from events.errors import Invalid, Unknown
from events.fields import Id
from events.perform import Performer
from events.service import (
    Asking,
    Commands,
    Cursor,
    Limit,
    Parts,
    command,
    page,
    tagged,
)
from events.service.bodies import fit, parse
from events.service.openapi import operation

from . import contact, customer, tables
from .contact import CONTACT, Contact, NewContact
from .customer import CUSTOMER, ChangeCustomer, Customer, EraseCustomer, NewCustomer, RegisterCustomer
from .finding import SearchCustomers

EXAMPLE_CUSTOMER = {
    "name": "Nguyễn Thị Mai",
    "zone": "Asia/Ho_Chi_Minh",
    "language": "vi",
    "channel": "call",
    "source": "shop",
    "reference": "C-1042",
}
EXAMPLE_CONTACT = {
    "customer": "0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90",
    "channel": "call",
    "words": "My order has not come.",
    "source": "phone",
    "reference": "call-7",
}

MAY_ERASE = frozenset({"lead", "system"})
_SEARCH = command(SearchCustomers, "POST", "/v1/customers:search", example={"name": "nguyễn thị mai"})
_SEARCH_BODY = {"requestBody": operation(_SEARCH)["requestBody"]}
Registry = Performer[Customer | None, customer.Command, customer.Event]


def customer_commands(parts: Parts) -> Commands[Customer | None, customer.Command, customer.Event]:
    """Return the commands on customers."""

    async def prepare(body: NewCustomer | ChangeCustomer | EraseCustomer, asking: Asking) -> customer.Command:
        if not isinstance(body, NewCustomer):
            return body
        named = customer.customer_id(body, asking.command_id, parts.lookup)
        return RegisterCustomer(customer=named, **dict(body))

    return Commands(
        Performer(
            parts.log,
            CUSTOMER,
            source="intake",
            keyring=parts.keyring,
            subject=lambda stream, _customer: stream.removeprefix("customer-"),
        ),
        stream=lambda command: customer.stream(command.customer),
        specs=(
            command(NewCustomer, "POST", "/v1/customers", 201, example=EXAMPLE_CUSTOMER),
            command(ChangeCustomer, "PATCH", "/v1/customers/{customer}", example={"zone": "Asia/Manila"}),
            command(EraseCustomer, "DELETE", "/v1/customers/{customer}", roles=MAY_ERASE),
        ),
        answer=lambda command, _customer, version, _events: {"id": command.customer, "version": version},
        prepare=prepare,
    )


def contact_commands(parts: Parts, customers: Registry) -> Commands[Contact | None, contact.Command, Contact]:
    """Return the commands on contacts, with customers looked up in their streams."""

    async def prepare(body: NewContact, asking: Asking) -> contact.Command:
        _, known = await customers.state(customer.stream(body.customer))
        if known is None:
            raise Invalid(field="customer", reason="is not registered")
        customer.must_be_kept(known, body.customer)
        return contact.command_of(body, contact.contact_id(body, asking.command_id, parts.lookup), known.zone)

    return Commands(
        Performer(
            parts.log,
            CONTACT,
            source="intake",
            cache=0,
            keyring=parts.keyring,
            subject=lambda _stream, said: str(said.customer) if said else None,
        ),
        stream=lambda command: contact.stream(command.contact),
        specs=(
            command(
                NewContact,
                "POST",
                "/v1/contacts",
                201,
                example=EXAMPLE_CONTACT,
                batch="/v1/contacts:batch",
            ),
        ),
        answer=lambda command, _contact, _version, _events: {
            "id": command.contact,
            "case": command.case,
            "customer": command.customer,
        },
        prepare=prepare,
    )


class CustomerShown(BaseModel):
    """A customer as registered or last changed."""

    id: UUID
    version: int
    name: str
    zone: str
    language: str
    channel: Channel
    address: str | None
    source: str | None
    reference: str | None
    registered_at: datetime
    erased_at: datetime | None
    """Since then nothing personal is left: what there was reads `[erased]`."""


class Customers(BaseModel):
    """A page of customers."""

    items: list[CustomerShown]
    next: str | None


class ContactShown(BaseModel):
    """A contact."""

    id: UUID
    position: int
    direction: Literal["inbound", "outbound"]
    customer: UUID
    channel: Channel
    visibility: Visibility
    words: str
    case: UUID | None
    opens: bool
    outcome: Outcome | None
    serves: tuple[Served, ...]
    answers: tuple[UUID, ...]
    source: str | None
    reference: str | None
    occurred_at: datetime
    recorded_at: datetime


class Contacts(BaseModel):
    """A page of contacts."""

    items: list[ContactShown]
    next: str | None


def reads(parts: Parts) -> APIRouter:
    """Return the reads."""
    router = APIRouter(prefix="/v1")

    @router.get("/customers/{customer}", response_model=CustomerShown)
    async def get_customer(customer: Id, answer: Response) -> Any:
        """Return a customer."""
        row = await tables.customer(parts.pool, customer)
        if row is None:
            raise Unknown(what="customer", id=customer)
        tagged(answer, row["version"])
        return dict(row)

    @router.post("/customers:search", response_model=Customers, openapi_extra=_SEARCH_BODY)
    async def search_customers(request: Request, cursor: Cursor, limit: Limit = 50) -> Any:
        """Return the customers of this name, address or reference, however it is spaced and capitalized."""
        asked = fit(SearchCustomers, parse(await request.body()), {})
        (after,) = cursor.place(UUID) or (UUID(int=0),)
        rows = await tables.found(parts.pool, asked.key(parts.lookup), asked.source, after, limit + 1)
        return page([dict(row) for row in rows], limit, lambda item: cursor.write(item["id"]))

    @router.get("/contacts/{contact}", response_model=ContactShown)
    async def get_contact(contact: Id) -> Any:
        """Return a contact."""
        found = await tables.contact(parts.pool, contact)
        if found is None:
            raise Unknown(what="contact", id=contact)
        return found

    @router.get("/contacts", response_model=Contacts)
    async def list_contacts(
        cursor: Cursor,
        customer: Id | None = None,
        source: Annotated[str | None, Query(max_length=63)] = None,
        reference: Annotated[str | None, Query(max_length=200)] = None,
        limit: Limit = 50,
    ) -> Any:
        """Return contacts, the last recorded first: of a customer, or under a source and reference."""
        place = cursor.place(int)
        before = place[0] if place else None
        wanted = {"customer": customer, "source": source, "reference": reference, "before": before}
        items = await tables.contacts(parts.pool, wanted, limit + 1)
        return page(items, limit, lambda item: cursor.write(item["position"]))

    return router

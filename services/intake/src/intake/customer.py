"""Customers: who they are, where they live, how they like to be reached. Stream `customer-<uuid>`."""

from dataclasses import dataclass, replace
from typing import Annotated, Self, assert_never
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from events.catalogue import CustomerChanged, CustomerErased, CustomerRegistered
from events.catalogue.contacts import Channel
from events.clock import derived_id
from events.decider import Asked, Decider
from events.errors import NotNow, Unknown
from events.fields import Body, Id, Name, Reference, Text, Zone
from events.keyring import ERASED, Erased, hidden
from events.lookup import Lookup

Called = Annotated[Text, Field(max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Address = Annotated[Text, Field(max_length=500)]


class CustomerKnown(NotNow):
    """Another customer is registered under this source and reference."""


class CustomerUnknown(Unknown):
    """There is no customer {id}."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as registered or last changed."""

    name: str
    zone: str
    language: str
    channel: Channel
    address: str | None
    source: str | None = None
    reference: str | None = None
    erased: bool = False
    """They asked to be forgotten: nothing personal is left."""


class NewCustomer(Body):
    """Register a customer; with source and reference the id follows from them."""

    name: Called
    zone: Zone
    language: Language = "en"
    channel: Channel = "email"
    address: Address | None = None
    source: Name | None = None
    reference: Reference | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.source is None) != (self.reference is None):
            msg = "source and reference stand together"
            raise ValueError(msg)
        return self


class RegisterCustomer(NewCustomer):
    """Register the customer of this id."""

    customer: UUID


class ChangeCustomer(Body):
    """Change what is named of a customer; the rest stays. An address of null is forgotten."""

    customer: Id
    name: Called | None = None
    zone: Zone | None = None
    language: Language | None = None
    channel: Channel | None = None
    address: Address | None = None


class EraseCustomer(Body):
    """Forget a customer, in every service: words and person are gone for ever, times and verdicts stay."""

    customer: Id


Command = RegisterCustomer | ChangeCustomer | EraseCustomer
Event = CustomerRegistered | CustomerChanged | CustomerErased


def stream(customer: UUID) -> str:
    """Return the stream of a customer."""
    return f"customer-{customer}"


def customer_id(body: NewCustomer, command: UUID, lookup: Lookup) -> UUID:
    """Return the id of a customer about to be registered by this command."""
    if body.reference is not None:
        return lookup.id("customer", body.source, body.reference)
    return derived_id("customer", command)


def decide(customer: Customer | None, command: Command, _asked: Asked) -> tuple[Event, ...]:
    """Return what changes. Raises CustomerKnown, CustomerUnknown, Erased."""
    if isinstance(command, RegisterCustomer):
        return _register(customer, command)
    if customer is None:
        raise CustomerUnknown(id=command.customer)
    match command:
        case ChangeCustomer():
            return _change(customer, command)
        case EraseCustomer():
            return () if customer.erased else (CustomerErased(),)
        case _:
            assert_never(command)


def must_be_kept(customer: Customer, id_: UUID) -> None:
    """Raise Erased where a customer asked to be forgotten."""
    if customer.erased:
        raise Erased(subject=str(id_))


def _register(customer: Customer | None, command: RegisterCustomer) -> tuple[Event, ...]:
    registered = CustomerRegistered(**command.model_dump(exclude={"customer"}))
    if customer is None:
        return (registered,)
    must_be_kept(customer, command.customer)
    if customer == evolve(None, registered):
        return ()
    raise CustomerKnown


def _change(customer: Customer, command: ChangeCustomer) -> tuple[Event, ...]:
    must_be_kept(customer, command.customer)
    named = {
        name: value
        for name in command.model_fields_set - {"customer"}
        if (value := getattr(command, name)) is not None or name == "address"
    }
    changed = replace(customer, **named)
    if changed == customer:
        return ()
    return (CustomerChanged.model_validate(changed, from_attributes=True),)


def evolve(customer: Customer | None, event: Event) -> Customer:
    """Return the customer after an event."""
    match event:
        case CustomerRegistered():
            return Customer(**dict(event))
        case CustomerChanged():
            if customer is None:
                raise LookupError("a customer changed who was never registered")
            return replace(customer, **dict(event))
        case CustomerErased():
            if customer is None:
                raise LookupError("a customer erased who was never registered")
            return _erased(customer)
        case _:
            assert_never(event)


def _erased(customer: Customer) -> Customer:
    address, reference = hidden(customer.address), hidden(customer.reference)
    return replace(customer, name=ERASED, address=address, reference=reference, erased=True)


CUSTOMER: Decider[Customer | None, Command, Event] = Decider(None, decide, evolve)

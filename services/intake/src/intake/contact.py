"""Contacts: one interaction with a customer, in or out. Stream `contact-<uuid>`, of one event."""

from typing import Annotated, Literal, Self, assert_never
from uuid import UUID

from pydantic import Field, model_validator

from events.catalogue import ContactMade, ContactReceived
from events.catalogue.contacts import Channel, Outcome, Served, Visibility
from events.clock import derived_id
from events.decider import Asked, Decider
from events.errors import Invalid, NotNow
from events.fields import Body, Id, Instant, Name, Reference, Text
from events.lookup import Lookup

ONLY_OUTBOUND = ("outcome", "serves", "answers")


class ContactKnown(NotNow):
    """Another contact is recorded under this source and reference."""


class Serves(Body):
    """A commitment that an outbound contact serves."""

    case: Id
    commitment: Id
    tells: Annotated[int, Field(ge=1)] | None = None
    """The revision the customer was told of; none: the contact was made to keep the commitment."""


class NewContact(Body):
    """Record a contact; an inbound one that names no case opens one."""

    direction: Literal["inbound", "outbound"] = "inbound"
    customer: Id
    channel: Channel
    visibility: Visibility = "private"
    words: Text
    case: Id | None = None
    occurred_at: Instant | None = None
    """When it happened; none: now."""
    outcome: Outcome | None = None
    """Outbound only, and needed there."""
    serves: Annotated[tuple[Serves, ...], Field(max_length=50)] = ()
    answers: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    """Outbound only: the contacts it answers."""
    source: Name | None = None
    reference: Reference | None = None

    @model_validator(mode="after")
    def _fits_direction(self) -> Self:
        outbound = self.direction == "outbound"
        if outbound and self.outcome is None:
            msg = "an outbound contact has an outcome"
            raise ValueError(msg)
        if not outbound and (named := [name for name in ONLY_OUTBOUND if getattr(self, name)]):
            msg = f"an inbound contact has no {named[0]}"
            raise ValueError(msg)
        if (self.source is None) != (self.reference is None):
            msg = "source and reference stand together"
            raise ValueError(msg)
        return self


class _Contact(Body):
    """What both directions say."""

    contact: UUID
    customer: UUID
    channel: Channel
    visibility: Visibility
    words: Text
    occurred_at: Instant | None
    source: Name | None
    reference: Reference | None


class ReceiveContact(_Contact):
    """Record that a customer came to us."""

    zone: str
    case: UUID
    opens: bool


class MakeContact(_Contact):
    """Record that we went to a customer."""

    case: UUID | None
    outcome: Outcome
    serves: tuple[Served, ...]
    answers: tuple[UUID, ...]


Command = ReceiveContact | MakeContact
Contact = ContactReceived | ContactMade
"""A contact is the one event of its stream."""


def stream(contact: UUID) -> str:
    """Return the stream of a contact."""
    return f"contact-{contact}"


def contact_id(body: NewContact, command: UUID, lookup: Lookup) -> UUID:
    """Return the id of a contact about to be recorded by this command."""
    if body.reference is not None:
        return lookup.id("contact", body.source, body.reference)
    return derived_id("contact", command)


def command_of(body: NewContact, contact: UUID, zone: str) -> Command:
    """Return the command in a body, for the contact of this id with a customer of this zone."""
    shared = body.model_dump(
        include={"customer", "channel", "visibility", "words", "occurred_at", "source", "reference"}
    )
    if body.outcome is None:
        named = body.case or derived_id("case", contact)
        return ReceiveContact(contact=contact, zone=zone, case=named, opens=body.case is None, **shared)
    served = tuple(Served(**each.model_dump()) for each in body.serves)
    cases = {each.case for each in served}
    case = body.case or (cases.pop() if len(cases) == 1 else None)
    return MakeContact(
        contact=contact, case=case, outcome=body.outcome, serves=served, answers=body.answers, **shared
    )


def decide(contact: Contact | None, command: Command, asked: Asked) -> tuple[Contact, ...]:
    """Return what is recorded. Raises Invalid for a time too far ahead, ContactKnown."""
    if command.occurred_at is not None and command.occurred_at - asked.now > asked.skew_limit:
        raise Invalid(field="occurred_at", reason="lies ahead of the clock by more than the limit")
    event = _event(command)
    if contact is None:
        return (event,)
    if _said(contact) == _said(event):
        return ()
    raise ContactKnown


def _event(command: Command) -> Contact:
    said = command.model_dump(exclude={"contact", "occurred_at"})
    match command:
        case ReceiveContact():
            return ContactReceived(**said)
        case MakeContact():
            return ContactMade(**said)
        case _:
            assert_never(command)


def _said(contact: Contact) -> Contact:
    """Return the contact without what we know of the customer: they may have moved since."""
    return contact.model_copy(update={"zone": ""}) if isinstance(contact, ContactReceived) else contact


def evolve(_contact: Contact | None, event: Contact) -> Contact:
    """Return the contact after its event."""
    return event


CONTACT: Decider[Contact | None, Command, Contact] = Decider(None, decide, evolve)

"""Contacts: one interaction with a customer, inbound or outbound. Stream `contact-<uuid>`, log `contacts`."""

from typing import Literal
from uuid import UUID

from .fact import Fact, Personal, Value

Channel = Literal["call", "email", "chat", "message", "visit", "social", "letter"]
Visibility = Literal["private", "public"]
Outcome = Literal["reached", "message_left", "not_reached", "automatic"]


class ContactReceived(Fact):
    """A customer came to us. It names a case, or opens one: `case` is either."""

    customer: UUID
    zone: str
    """The customer's zone when it came."""
    channel: Channel
    visibility: Visibility = "private"
    words: Personal[str]
    case: UUID
    opens: bool
    """True: the contact named no case, so `case` is the one it opens."""
    source: str | None = None
    reference: Personal[str | None] = None


class Served(Value):
    """One commitment that an outbound contact serves."""

    case: UUID
    commitment: UUID
    tells: int | None = None
    """The revision the customer was told of; none: the contact was made to keep the commitment."""


class ContactMade(Fact):
    """We went to a customer."""

    customer: UUID
    channel: Channel
    visibility: Visibility = "private"
    outcome: Outcome
    words: Personal[str]
    case: UUID | None = None
    serves: tuple[Served, ...] = ()
    answers: tuple[UUID, ...] = ()
    """The inbound contacts that it answers."""
    source: str | None = None
    reference: Personal[str | None] = None

"""What can be asked of a case as a whole."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from events.catalogue.cases import Kind, Priority
from events.catalogue.terms import WaitKind
from events.fields import Body, Id, Instant, Name, Reference, Text

from .changing import AskedReason
from .making import Proof
from .on_case import OnCase


class NewCase(Body):
    """Open a case for a customer; with source and reference its id follows from them."""

    customer: Id
    subject: Text
    kind: Kind = "support"
    priority: Priority = "normal"
    segment: Name | None = None
    contact: Id | None = None
    source: Name | None = None
    reference: Reference | None = None


class OpenCase(NewCase):
    """Open the case of this id, in the customer's zone."""

    case: Id
    zone: str
    opened_at: datetime | None = None
    """When the contact came that opened it; none: now."""


class WaitForCustomer(OnCase):
    """We cannot go on before somebody else does; the clocks of what the policy names stand still."""

    kind: WaitKind = "customer"
    reason: Text
    next_contact: Id
    """The open follow-up that says when the customer hears from us all the same."""


class BeginWait(WaitForCustomer):
    """Begin the wait of this id."""

    wait: Id


class EndWait(OnCase):
    """What we waited for has come; none: whatever it was."""

    kind: WaitKind | None = None


class ProposeResolution(OnCase):
    """We think that it is solved."""

    words: Text


class ConfirmResolution(OnCase):
    """The customer says that it is solved."""

    words: Text | None = None
    contact: Id | None = None


class RejectResolution(OnCase):
    """The customer says that it is not solved."""

    words: Text
    contact: Id | None = None


class EndKept(Body):
    """At closing: this commitment was kept."""

    end: Literal["kept"]
    commitment: Id
    occurred_at: Instant | None = None
    evidence: Proof = Proof()


class EndReleased(Body):
    """At closing: the customer lets us off."""

    end: Literal["released"]
    commitment: Id
    contact: Id
    words: Text | None = None


class EndWithdrawn(Body):
    """At closing: it is taken back."""

    end: Literal["withdrawn"]
    commitment: Id
    reason: AskedReason
    words: Text | None = None
    contact: Id | None = None


class EndHandedOn(Body):
    """At closing: it goes on in another open case of the customer, as it stands, with what serves it."""

    end: Literal["handed_on"]
    commitment: Id
    to: Id
    """The other case."""


Ending = Annotated[EndKept | EndReleased | EndWithdrawn | EndHandedOn, Field(discriminator="end")]


class CloseCase(OnCase):
    """Nothing is left to do; says of every open commitment what became of it."""

    words: Text | None = None
    occurred_at: Instant | None = None
    commitments: Annotated[tuple[Ending, ...], Field(max_length=200)] = ()


class ReopenCase(OnCase):
    """It was not over after all."""

    words: Text

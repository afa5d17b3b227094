"""Cases. Stream `case-<uuid>`, log `cases`."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from .fact import Fact, Personal

Kind = Literal["support", "warranty", "complaint", "enquiry", "opportunity", "care"]
Priority = Literal["low", "normal", "high", "urgent"]


class CaseOpened(Fact):
    """A situation of one customer begins."""

    customer: UUID
    kind: Kind = "support"
    subject: Personal[str]
    zone: str
    """The customer's zone: wall times said without a zone are read in it."""
    contact: UUID | None = None
    """The contact that opened it."""
    priority: Priority = "normal"
    segment: str | None = None
    """The customer's group, which policies may go by."""
    at: datetime
    source: str | None = None
    reference: Personal[str | None] = None


class ContactAttached(Fact):
    """A further contact belongs to the case."""

    contact: UUID
    direction: Literal["inbound", "outbound"]


class ResolutionProposed(Fact):
    """We think that it is solved."""

    words: Personal[str]


class ResolutionConfirmed(Fact):
    """The customer says that it is solved."""

    words: Personal[str | None] = None
    contact: UUID | None = None


class ResolutionRejected(Fact):
    """The customer says that it is not solved."""

    words: Personal[str]
    contact: UUID | None = None


class CaseClosed(Fact):
    """Nothing is left to do."""

    words: Personal[str | None] = None
    at: datetime
    """When it was over, as stated; not after the recording."""
    order_corrected: bool = False
    """The stated time lies before the opening."""
    clock_skew: bool = False
    """The stated time lay ahead of the recording."""


class CaseReopened(Fact):
    """It was not over after all; nothing that ended revives."""

    words: Personal[str]


class CaseErased(Fact):
    """Its customer is erased: no words stay in it, only times and verdicts."""

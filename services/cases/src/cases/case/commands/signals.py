"""What other services' events ask of a case, and what another case asks."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from events.catalogue.contacts import Channel, Outcome
from events.catalogue.moves import Carried
from events.fields import Body

from .changing import OnCommitment
from .on_case import OnCase


class AttachContact(OnCase):
    """A contact of the customer belongs to the case."""

    customer: UUID
    contact: UUID
    direction: Literal["inbound", "outbound"]


class EraseCase(OnCase):
    """The customer is erased: end what is open, and let no words stay."""


class Service(Body):
    """One commitment that an outbound contact serves: told of a revision, or (none) done."""

    commitment: UUID
    tells: int | None = None


class ServeContact(OnCase):
    """We went to the customer; see what that does to the commitments it names."""

    customer: UUID
    contact: UUID
    channel: Channel
    outcome: Outcome
    at: datetime
    """The time of the fact: when it happened, not after its recording."""
    recorded_at: datetime
    """When intake recorded it."""
    clock_skew: bool = False
    """The stated time lay ahead of the recording."""
    serves: tuple[Service, ...] = ()
    answers: tuple[UUID, ...] = ()


class ToldByMessage(OnCommitment):
    """A message of ours told the customer of a revision."""

    revision: int
    notification: UUID
    at: datetime
    """When the channel took it."""


class AnswerByLink(OnCommitment):
    """The customer answered our letter about a revision by its link."""

    revision: int
    agreed: bool
    counter: datetime | None = None
    words: str | None = None
    at: datetime
    """When they answered."""


class FellDue(OnCommitment):
    """The scheduler says that this due has passed."""

    revision: int
    due: datetime


class TakeOver(OnCase):
    """Let commitments of another case go on here; part of the append by which that one closes."""

    origin: UUID
    customer: UUID
    commitments: tuple[Carried, ...]

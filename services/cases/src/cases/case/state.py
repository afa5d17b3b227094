"""A case as its events tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from cases.commitment import Changed, Commitment, Made
from events.catalogue import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ContactAttached,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
)
from events.catalogue.cases import Kind

OfCase = (
    ContactAttached
    | ResolutionProposed
    | ResolutionConfirmed
    | ResolutionRejected
    | CaseClosed
    | CaseReopened
)
CaseEvent = CaseOpened | OfCase | Made | Changed


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was last said on whether it is solved."""

    state: Literal["proposed", "confirmed", "rejected"]
    words: str | None
    contact: UUID | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One situation of one customer, and everything promised in it."""

    customer: UUID
    kind: Kind
    subject: str
    zone: str
    opened_at: datetime
    contacts: tuple[UUID, ...]
    state: Literal["open", "closed"] = "open"
    closed_at: datetime | None = None
    resolution: Resolution | None = None
    """The last word on whether it is solved, since it was last opened."""
    commitments: Mapping[UUID, Commitment] = field(default_factory=dict)

    def open_commitments(self) -> list[Commitment]:
        """Return the commitments that are neither done nor due, as they were made."""
        return [commitment for commitment in self.commitments.values() if commitment.state == "open"]

"""A case as its events tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from cases.commitment import Changed, Commitment, Made
from events.catalogue import (
    CaseClosed,
    CaseErased,
    CaseOpened,
    CaseReopened,
    CommitmentsMovedIn,
    CommitmentsMovedOut,
    ContactAttached,
    ResolutionConfirmed,
    ResolutionProposed,
    ResolutionRejected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.cases import Kind, Priority
from events.catalogue.terms import WaitKind

OfCase = (
    ContactAttached
    | WaitingOnCustomer
    | WaitEnded
    | ResolutionProposed
    | ResolutionConfirmed
    | ResolutionRejected
    | CaseClosed
    | CaseReopened
    | CaseErased
)
Moved = CommitmentsMovedOut | CommitmentsMovedIn
CaseEvent = CaseOpened | OfCase | Moved | Made | Changed


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was last said on whether it is solved."""

    state: Literal["proposed", "confirmed", "rejected"]
    words: str | None
    contact: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Something we wait for, and the follow-up that the customer can count on meanwhile."""

    id: UUID
    kind: WaitKind
    reason: str
    next_contact: UUID
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One situation of one customer, and everything promised in it."""

    customer: UUID
    kind: Kind
    subject: str
    zone: str
    opened_at: datetime
    contacts: tuple[UUID, ...]
    priority: Priority = "normal"
    segment: str | None = None
    state: Literal["open", "closed"] = "open"
    closed_at: datetime | None = None
    waits: tuple[Wait, ...] = ()
    """What is waited for now."""
    resolution: Resolution | None = None
    """The last word on whether it is solved, since it was last opened."""
    erased: bool = False
    """Its customer is erased: no words are left."""
    commitments: Mapping[UUID, Commitment] = field(default_factory=dict)
    moved: Mapping[UUID, UUID] = field(default_factory=dict)
    """Commitments that go on in another case, and in which."""

    def pending(self) -> list[Commitment]:
        """Return the commitments that have neither ended nor lapsed, as they were made."""
        return [commitment for commitment in self.commitments.values() if commitment.pending]

    def depth(self, commitment: UUID) -> int:
        """Return how many commitments stand above one, that it serves."""
        parent = self.commitments[commitment].parent
        return 0 if parent is None or parent not in self.commitments else 1 + self.depth(parent)

    def children(self, parent: UUID) -> list[Commitment]:
        """Return the commitments to colleagues that serve this one."""
        return [commitment for commitment in self.commitments.values() if commitment.parent == parent]

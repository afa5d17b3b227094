"""What is known here of a commitment: whom it concerns, and how it stands."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from events.catalogue import (
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    CustomerTold,
    Event,
    ExpectationSet,
    FollowUpPromised,
    VerdictCorrected,
)
from events.errors import Undecodable
from events.recorded import Recorded

State = Literal["open", "kept", "kept_late", "lapsed", "released", "withdrawn"]


class Watched(BaseModel):
    """A commitment as its case's events leave it, without its words."""

    model_config = ConfigDict(frozen=True)

    commitment: UUID
    case: UUID
    owner: str | None
    """None: nobody has it yet."""
    state: State = "open"
    revision: int
    due: datetime | None
    """The due that the customer knows; none: it has none yet."""
    handed_at: datetime | None = None
    """When it was last handed over, in domain time."""
    lapse_told: str | None = None
    """Whom the notice of its last lapse was for; none once the all-clear is given."""


class Answered(BaseModel):
    """A commitment as its owner, the service `cases`, answers for it; the words are in no other place."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: State
    revision: int
    owner: str | None
    told_due: datetime | None
    words: str


def evolve(watched: Watched | None, recorded: Recorded[Event]) -> Watched | None:
    """Return how a commitment stands after an event of its case; events of no commitment change nothing.

    Raises Undecodable where it has a history but no beginning.
    """
    event = recorded.event
    if isinstance(event, ExpectationSet | FollowUpPromised):
        return Watched(
            commitment=event.commitment,
            case=UUID(recorded.entity),
            owner=event.owner,
            revision=event.revision,
            due=event.due,
        )
    if watched is None:
        if commitment_of(event) is None:
            return None
        raise Undecodable(f"{recorded.row.log}@{recorded.position}: the commitment was never made")
    return watched.model_copy(update=_changed(watched, recorded))


def commitment_of(event: Event) -> UUID | None:
    """Return the commitment that an event speaks of, or none."""
    commitment: UUID | None = getattr(event, "commitment", None)
    return commitment


def _changed(watched: Watched, recorded: Recorded[Event]) -> dict[str, object]:  # noqa: PLR0911 - one per event
    match recorded.event:
        case CommitmentRescheduled() as event:
            return {"revision": event.revision, "due": event.told_due}
        case CustomerTold() as event:
            return {"due": event.told_due}
        case CommitmentHandedOver() as event:
            return {"owner": event.owner, "handed_at": recorded.recorded_at}
        case CommitmentKept() as event:
            return {"state": event.verdict}
        case CommitmentLapsed():
            return {"state": "lapsed", "lapse_told": watched.owner}
        case VerdictCorrected() as event:
            told = watched.lapse_told if event.verdict in ("lapsed", "kept_late") else None
            return {"state": event.verdict, "revision": event.revision, "lapse_told": told}
        case CommitmentReleased():
            return {"state": "lapsed" if watched.state == "lapsed" else "released"}
        case CommitmentWithdrawn():
            return {"state": "withdrawn"}
        case _:
            return {}

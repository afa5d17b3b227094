"""What is known here of a commitment: whom it concerns, and how it stands."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from events.catalogue import (
    CommitmentDated,
    CommitmentHandedOver,
    CommitmentKept,
    CommitmentLapsed,
    CommitmentRecomputed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentsMovedIn,
    CommitmentWithdrawn,
    CustomerTold,
    Event,
    ExpectationSet,
    FollowUpPromised,
    VerdictCorrected,
    WaitEnded,
    WaitingOnCustomer,
)
from events.catalogue.terms import Basis, Quiet, Role
from events.errors import Undecodable
from events.recorded import Recorded
from worktime import zone

LAST_MINUTE = timedelta(minutes=1)
"""What goes out before the quiet hours goes out by then."""
State = Literal[
    "undated", "dormant", "open", "waiting", "kept", "kept_late", "lapsed", "released", "withdrawn"
]


class Watched(BaseModel):
    """A commitment as its case's events leave it, without its words."""

    model_config = ConfigDict(frozen=True)

    commitment: UUID
    case: UUID
    owner: str | None
    """None: nobody has it yet."""
    said_by: str
    basis: Basis = "said"
    state: State = "open"
    revision: int
    due: datetime | None
    """The due that the customer knows; none: it has none yet."""
    parent: UUID | None = None
    """The commitment that it serves."""
    handed_at: datetime | None = None
    """When it was last handed over, in domain time."""
    told_of_lapse: tuple[Role, ...] = ()
    digest: timedelta = timedelta(0)
    """Within which time several reminders for one person become one message."""
    backfill: bool = False
    """Recorded after the fact: nobody is told."""
    lapse_told: bool = False
    """Notices of its lapse were made, and nobody took them back."""
    lapsed_by: UUID | None = None
    """The correction by which it lapsed after all; none: its due passed."""
    quiet: Quiet | None = None
    """When nobody is to be reminded."""

    @property
    def anchor(self) -> str | None:
        """By whom its team is found: the owner, or, where there is none, who said it."""
        return self.owner or self.said_by

    def gathers(self, at: datetime) -> timedelta:
        """Return how long a reminder made then waits for others: never into the quiet hours (rule 3)."""
        if self.quiet is None or not self.digest:
            return self.digest
        wall = at.astimezone(zone(self.quiet.zone))
        begins = datetime.combine(wall, self.quiet.begins, wall.tzinfo)
        if begins <= wall:
            begins = datetime.combine(wall + timedelta(days=1), self.quiet.begins, wall.tzinfo)
        left = begins.astimezone(UTC) - at.astimezone(UTC) - LAST_MINUTE
        return max(min(self.digest, left), timedelta(0))


class Answered(BaseModel):
    """A commitment as its owner, the service `cases`, answers for it; the words are in no other place."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: State
    revision: int
    owner: str | None
    told_due: datetime | None
    words: str


def evolve(watched: Watched | None, recorded: Recorded[Event], commitment: UUID) -> Watched:
    """Return how a commitment stands after an event that speaks of it.

    Raises Undecodable where it has a history but no beginning.
    """
    event = recorded.event
    if isinstance(event, ExpectationSet | FollowUpPromised):
        return Watched(
            commitment=event.commitment,
            case=UUID(recorded.entity),
            owner=event.owner,
            said_by=event.said_by,
            basis=event.basis,
            state=_begun(event),
            revision=event.revision,
            due=event.due,
            parent=event.parent,
            told_of_lapse=event.terms.told_of_lapse,
            digest=event.terms.digest,
            quiet=event.terms.quiet,
            backfill=event.backfill,
        )
    if watched is None:
        raise Undecodable(f"{recorded.row.log}@{recorded.position}: the commitment was never made")
    return watched.model_copy(update=_changed(watched, recorded, commitment))


def _begun(made: ExpectationSet | FollowUpPromised) -> State:
    if made.due is not None:
        return "open"
    return "undated" if made.condition is None else "dormant"


def _changed(  # noqa: C901, PLR0911, PLR0912 - one branch per event
    watched: Watched, recorded: Recorded[Event], commitment: UUID
) -> dict[str, object]:
    match recorded.event:
        case CommitmentDated() as event:
            return {"state": "open", "revision": event.revision, "due": event.due}
        case CommitmentRecomputed() as event:
            terms = {"digest": event.terms.digest, "quiet": event.terms.quiet}
            return {"revision": event.revision, "due": event.due, **terms}
        case CommitmentRescheduled() as event:
            return {"revision": event.revision, "due": event.told_due}
        case CustomerTold() as event:
            return {"due": event.told_due}
        case CommitmentsMovedIn():
            return {"case": UUID(recorded.entity)}
        case CommitmentHandedOver() as event:
            return {"owner": event.owner, "handed_at": recorded.recorded_at}
        case CommitmentKept() as event:
            return {"state": event.verdict}
        case CommitmentLapsed():
            return {"state": "lapsed", "lapse_told": not watched.backfill, "lapsed_by": None}
        case VerdictCorrected() as event:
            changed = {"state": event.verdict, "revision": event.revision}
            if event.verdict == "lapsed":
                return {**changed, "lapse_told": not watched.backfill, "lapsed_by": recorded.id}
            return {**changed, "lapse_told": watched.lapse_told and event.verdict == "kept_late"}
        case CommitmentReleased():
            return {"state": "lapsed" if watched.state == "lapsed" else "released"}
        case CommitmentWithdrawn():
            return {"state": "withdrawn"}
        case WaitingOnCustomer():
            return {"state": "waiting"}
        case WaitEnded() as event:
            (resumed,) = (each for each in event.resumed if each.commitment == commitment)
            return {"state": "open", "revision": resumed.revision, "due": resumed.due}
        case _:
            return {}

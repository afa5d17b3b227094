"""What the service shows of cases and commitments: the shapes of its answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from events.catalogue import Event
from events.catalogue.cases import Kind
from events.catalogue.contacts import Channel
from events.catalogue.terms import Basis, Condition, OverPromise, Rule, Series, Terms, Timer
from events.recorded import Recorded

from .case import Case
from .commitment import Answer, Commitment, Explanation, State


class CommitmentShown(BaseModel):
    """A commitment as it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case: UUID
    customer: UUID
    form: str
    words: str
    basis: Basis
    state: State
    owed: bool
    owner: str | None
    said_by: str
    origin: UUID
    contact: UUID | None
    made_at: datetime
    first_due: datetime | None
    target: datetime | None
    due: datetime | None
    told_due: datetime | None
    not_before: datetime | None
    rule: Rule | None
    condition: Condition | None
    policy: str
    calendar: str | None
    tzdata: str
    revision: int
    terms: Terms
    timers: tuple[Timer, ...]
    left_out: tuple[Timer, ...]
    next_reminder: datetime | None
    channel: Channel | None
    answers: tuple[UUID, ...]
    replaces: UUID | None
    answer: Answer | None
    attempts: tuple[UUID, ...]
    parent: UUID | None
    series: Series | None
    parts: int
    done: int
    needed_by: datetime | None
    warnings: tuple[OverPromise, ...]
    backfill: bool
    rescheduled: int
    waits: tuple[UUID, ...]
    lapsed_at: datetime | None
    change_not_told: bool
    ended_at: datetime | None
    margin: timedelta | None
    explanation: Explanation | None
    self_attested: bool


class ResolutionShown(BaseModel):
    """What was last said on whether it is solved."""

    model_config = ConfigDict(from_attributes=True)

    state: str
    words: str | None
    contact: UUID | None


class CaseListed(BaseModel):
    """A case in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    customer: UUID
    kind: Kind
    subject: str
    zone: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    contacts: tuple[UUID, ...]
    resolution: ResolutionShown | None


class CaseShown(CaseListed):
    """A case and everything promised in it."""

    commitments: list[CommitmentShown]
    moved: dict[UUID, UUID]
    """Commitments that go on in another case, and in which."""


class CasesListed(BaseModel):
    """A page of cases."""

    items: list[CaseListed]
    next: str | None


class CommitmentsListed(BaseModel):
    """A page of the ledger."""

    items: list[CommitmentShown]
    next: str | None


class ProofShown(BaseModel):
    """All that a verdict follows from, exactly as the log holds it: bytes as base64, hashes as hex."""

    commitment: UUID
    case: UUID
    zone: str
    """The customer's."""
    tzdata: str
    """The version of the tz database of the service that gathered this."""
    claims: dict[str, Any]
    """What is said of the commitment, to be computed again."""
    rules: list[dict[str, Any]]
    """The versions of calendars and policies that it pins, as they were published."""
    items: list[dict[str, Any]]
    """Its events."""


class EventShown(BaseModel):
    """An event of a case, for people to read."""

    position: int
    version: int
    type: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    data: dict[str, Any]


class History(BaseModel):
    """A page of a case's events."""

    items: list[EventShown]
    next: str | None


def next_reminder(timers: Sequence[Timer], now: datetime) -> datetime | None:
    """Return the first instant, not before now, at which a rung is planned."""
    return min((timer.at for timer in timers if timer.name != "due" and timer.at >= now), default=None)


def shown(commitment: Commitment, *, case: UUID, customer: UUID, now: datetime) -> CommitmentShown:
    """Return a commitment as it is answered."""
    named = CommitmentShown.model_fields
    members = {name: getattr(commitment, name) for name in named if hasattr(commitment, name)}
    reminder = next_reminder(commitment.timers, now)
    return CommitmentShown(case=case, customer=customer, next_reminder=reminder, **members)


def listed(case: Case, *, id_: UUID, version: int) -> CaseListed:
    """Return a case as it stands in a list."""
    return CaseListed(**_members(case), id=id_, version=version)


def whole(case: Case, *, id_: UUID, version: int, now: datetime) -> CaseShown:
    """Return a case with its commitments."""
    commitments = [
        shown(commitment, case=id_, customer=case.customer, now=now)
        for commitment in case.commitments.values()
    ]
    return CaseShown(
        **_members(case), id=id_, version=version, commitments=commitments, moved=dict(case.moved)
    )


def told(recorded: Recorded[Event]) -> EventShown:
    """Return an event as people read it."""
    return EventShown(
        position=recorded.position,
        version=recorded.version,
        type=recorded.row.type,
        actor=recorded.metadata.actor,
        occurred_at=recorded.row.occurred_at,
        recorded_at=recorded.recorded_at,
        data=recorded.event.model_dump(mode="json"),
    )


def _members(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in CaseListed.model_fields if hasattr(case, name)}

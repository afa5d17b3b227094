"""Announcements: what other systems are told when a commitment lapses or is kept, or that is corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from events.catalogue import AnnouncementDue, CommitmentKept, CommitmentLapsed, Event, VerdictCorrected
from events.catalogue.commitments import Verdict
from events.catalogue.notices import Announced, Moment
from events.clock import derived_id
from events.decider import Asked, Decider
from events.recorded import Recorded

from .delivery import ANNOUNCED, Delivery
from .subscriber import PREFIX

MOMENTS: Mapping[Verdict, frozenset[Moment]] = {
    "open": frozenset(),
    "kept": frozenset({"kept"}),
    "kept_late": frozenset({"lapsed", "kept"}),
    "lapsed": frozenset({"lapsed"}),
}
"""What has happened to a commitment that stands so."""
KINDS: Mapping[Moment, Announced] = {"lapsed": "commitment.lapsed", "kept": "commitment.kept"}


@dataclass(frozen=True, slots=True)
class Announce:
    """Let a subscriber be told; once."""

    delivery: UUID
    announcement: AnnouncementDue


def moments(event: Event) -> frozenset[Moment]:
    """Return which moments an event of a case makes, takes back, or sees in another light."""
    match event:
        case CommitmentLapsed():
            return frozenset({"lapsed"})
        case CommitmentKept():
            return frozenset({"kept"})
        case VerdictCorrected():
            return MOMENTS[event.was] | MOMENTS[event.verdict]
        case _:
            return frozenset()


def announce(recorded: Recorded[Event], subscriber: str) -> Announce:
    """Return what tells a subscriber of an event of a case; its id follows from both."""
    delivery = derived_id("announcement", recorded.id, subscriber)
    about = {"subscriber": subscriber, "case": recorded.entity, "timestamp": recorded.recorded_at}
    return Announce(delivery, AnnouncementDue.model_validate({**_said(recorded.event), **about}))


def _said(event: Event) -> dict[str, object]:
    said: dict[str, object]
    match event:
        case CommitmentLapsed():
            said = {"type": KINDS["lapsed"], "state": "lapsed", "due": event.at, "revision": event.revision}
        case CommitmentKept():
            said = {"type": KINDS["kept"], "state": event.verdict}
            said |= {"due": event.at + event.margin, "margin": event.margin}
        case VerdictCorrected():
            said = {"type": "commitment.corrected", "state": event.verdict}
            due = event.due if event.margin is None else event.at + event.margin
            said |= {"due": due, "margin": event.margin, "revision": event.revision}
        case _:
            msg = f"{type(event).__name__} is not announced"
            raise TypeError(msg)
    return {**said, "commitment": event.commitment, "at": event.at}


def stream(delivery: UUID) -> str:
    """Return the stream of an announcement; its delivery has a stream of its own."""
    return f"announcement-{delivery}"


def delivery_of(recorded: Recorded[Event], event: AnnouncementDue) -> Delivery:
    """Return the delivery that brings an announcement."""
    return Delivery(
        id=UUID(recorded.entity),
        commitment=event.commitment,
        case=event.case,
        revision=event.revision,
        notice=ANNOUNCED,
        recipient=PREFIX + event.subscriber,
        owner=None,
        due=event.due,
        at=recorded.recorded_at,
        actor=recorded.metadata.actor,
        cause=recorded.id,
        correlation=recorded.metadata.correlation,
        traceparent=recorded.metadata.traceparent,
        announced=event,
    )


def decide(stands: bool, command: Announce, _asked: Asked) -> Sequence[AnnouncementDue]:  # noqa: FBT001 - the state
    """Return the announcement, or none where it stands."""
    return () if stands else (command.announcement,)


def evolve(_stands: bool, _event: AnnouncementDue) -> bool:  # noqa: FBT001 - the state
    """Return that it stands."""
    return True


DECIDER: Decider[bool, Announce, AnnouncementDue] = Decider(False, decide, evolve)

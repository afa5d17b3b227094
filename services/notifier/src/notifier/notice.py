"""Who is told of what: the deliveries that an event makes (commitment.md §3, column *told*)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.catalogue import (
    CommitmentDated,
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentLapsed,
    CommitmentRecomputed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    Event,
    ExpectationSet,
    FollowUpPromised,
    NotificationFailed,
    NotificationSuppressed,
    ReminderDue,
    VerdictCorrected,
)
from events.catalogue.terms import Role
from events.recorded import Recorded

from .delivery import CUSTOMER, TO_CUSTOMER, Delivery, delivery_id
from .watched import Watched

ONCE = frozenset({"lapsed", "child_lapsed", TO_CUSTOMER})
"""What happens at most once in a revision, as a rung does, unless a verdict is corrected; the rest is told
apart by its event."""


@dataclass(frozen=True, slots=True)
class Told:
    """One who is told, and of what: by name, by role, or by both where a stand-in may hear it."""

    notice: str
    to: str | None = None
    role: Role | None = None
    counterpart: str | None = None
    follows: UUID | None = None

    @property
    def addressee(self) -> str:
        """How the delivery's id names them."""
        if self.notice.startswith("child_"):
            return "parent"
        return self.to or self.role or str(self.follows or "")


def reminded(event: ReminderDue) -> tuple[Role, ...]:
    """Return the roles that a reminder is for: of what nobody owns the lead hears as well (51)."""
    return (event.role, "lead") if event.rung == "owner_by" and event.role != "lead" else (event.role,)


def of_reminder(
    recorded: Recorded[Event], event: ReminderDue, owner: str | None, role: Role | None = None
) -> Delivery:
    """Return the delivery of a reminder to whoever has the role; its id hangs on the role, not on the person.

    So it stays one delivery, also when the hand-over becomes known here only after the reminder.
    """
    return Delivery(
        id=delivery_id(
            event.commitment, event.revision, event.rung, role or event.role, _held(recorded, event)
        ),
        commitment=event.commitment,
        case=event.case,
        revision=event.revision,
        notice=event.rung,
        recipient=None,
        role=role or event.role,
        owner=owner,
        due=event.due,
        at=recorded.recorded_at,
        actor=recorded.metadata.actor,
        cause=recorded.id,
        correlation=recorded.metadata.correlation,
        traceparent=recorded.metadata.traceparent,
        short_notice=event.short_notice,
    )


def _held(recorded: Recorded[Event], event: ReminderDue) -> UUID | None:
    """Return what tells a rung that was held, and speaks now, from the same rung before it."""
    return recorded.id if event.held else None


def of_case(
    recorded: Recorded[Event], before: Watched | None, after: Watched, parent: Watched | None
) -> list[Delivery]:
    """Return the deliveries that an event of a case makes, given its commitment before and after it."""
    if after.backfill:
        return []
    known = before or after
    told = [*_told(recorded, known, after), *_told_above(recorded.event, known, parent)]
    return [_delivery(recorded, after, each) for each in told]


def _told(  # noqa: C901, PLR0912 - one branch per event
    recorded: Recorded[Event], before: Watched, after: Watched
) -> Iterator[Told]:
    actor, owner = recorded.metadata.actor, after.owner
    others = owner is not None and actor != owner
    match recorded.event:
        case ExpectationSet() | FollowUpPromised() as made if owner and made.said_by != owner:
            yield Told("set", owner, "owner")
        case CommitmentDated() if others:
            yield Told("dated", owner, "owner")
        case CommitmentRecomputed() if others:
            yield Told("recomputed", owner, "owner")
        case CommitmentRescheduled() as moved:
            if others:
                yield Told("rescheduled", owner, "owner")
            if moved.told_in is None and after.basis == "said":
                yield Told(TO_CUSTOMER, CUSTOMER)
        case CommitmentDeclined():
            yield Told("declined", role="owner")
        case CommitmentHandedOver() as handed:
            yield Told("handed_over", handed.owner, "owner", counterpart=handed.was)
            if handed.was:
                yield Told("handed_off", handed.was, counterpart=handed.owner)
        case CommitmentLapsed() | VerdictCorrected(verdict="lapsed"):
            yield from (Told("lapsed", role=role) for role in after.told_of_lapse)
        case VerdictCorrected() if before.lapse_told and not after.lapse_told:
            yield from (Told("all_clear", follows=each) for each in _lapse_notices(before))
        case CommitmentReleased() if others:
            yield Told("released", owner, "owner")
        case CommitmentWithdrawn() if others:
            yield Told("withdrawn", owner, "owner")
        case _:
            pass


def _told_above(event: Event, before: Watched, parent: Watched | None) -> Iterator[Told]:
    """Tell the owner of the commitment that this one serves what endangers it (commitment.md §6)."""
    if parent is None or parent.owner is None:
        return
    match event:
        case CommitmentLapsed() | VerdictCorrected(verdict="lapsed"):
            yield Told("child_lapsed", parent.owner, counterpart=before.owner)
        case CommitmentRescheduled() as moved if parent.due is not None and moved.due > parent.due:
            yield Told("child_rescheduled", parent.owner, counterpart=before.owner)
        case CommitmentWithdrawn() as withdrawn if withdrawn.reason != "parent_ended":
            yield Told("child_withdrawn", parent.owner, counterpart=before.owner)
        case _:
            pass


def _delivery(recorded: Recorded[Event], after: Watched, told: Told) -> Delivery:
    again = isinstance(recorded.event, VerdictCorrected)
    cause = None if told.notice in ONCE and not again else recorded.id
    due, was = _dues(recorded.event, after)
    return Delivery(
        id=delivery_id(after.commitment, after.revision, told.notice, told.addressee, cause),
        commitment=after.commitment,
        case=after.case,
        revision=after.revision,
        notice=told.notice,
        recipient=told.to,
        role=told.role,
        owner=after.owner,
        due=due,
        was=was,
        at=recorded.recorded_at,
        actor=recorded.metadata.actor,
        cause=recorded.id,
        correlation=recorded.metadata.correlation,
        traceparent=recorded.metadata.traceparent,
        follows=told.follows,
        counterpart=told.counterpart,
    )


def _dues(event: Event, after: Watched) -> tuple[datetime | None, datetime | None]:
    """Return the due that a message names, and the one before it."""
    match event:
        case CommitmentRescheduled():
            return event.due, event.told_due if event.told_in is None else event.was
        case CommitmentRecomputed():
            return event.due, event.was
        case CommitmentLapsed():
            return event.at, None
        case _:
            return after.due, None


def _lapse_notices(before: Watched) -> list[UUID]:
    """Return the deliveries of the notices that an all-clear takes back."""
    told = [("lapsed", role) for role in before.told_of_lapse]
    above = [("child_lapsed", "parent")] if before.parent else []
    cause = before.lapsed_by
    return [delivery_id(before.commitment, before.revision, *each, cause) for each in (*told, *above)]


def of_outcome(recorded: Recorded[Event]) -> list[Delivery]:
    """Return what is told because something else could not be, or came too late to be told one by one.

    A customer who cannot be written to is told by the owner; a message that reached nobody, and a lapse
    found long after its due, go to the lead.
    """
    match recorded.event:
        case NotificationFailed(notice=notice) as event if notice == TO_CUSTOMER:
            return [_follow_up(recorded, event, "tell_customer", "owner")]
        case NotificationFailed(role="owner" | "team") as event:
            return [_follow_up(recorded, event, "unreached", "lead")]
        case NotificationSuppressed(reason="expired", notice="lapsed") as event:
            return [_follow_up(recorded, event, "lapses_found", "lead")]
        case _:
            return []


def _follow_up(
    recorded: Recorded[Event], event: NotificationFailed | NotificationSuppressed, notice: str, role: Role
) -> Delivery:
    return Delivery(
        id=delivery_id(event.commitment, event.revision, notice, event.notice, None),
        commitment=event.commitment,
        case=event.case,
        revision=event.revision,
        notice=notice,
        recipient=None,
        role=role,
        owner=None,
        due=None,
        at=recorded.recorded_at,
        actor=recorded.metadata.actor,
        cause=recorded.id,
        correlation=recorded.metadata.correlation,
        traceparent=recorded.metadata.traceparent,
        counterpart=event.recipient,
    )

"""Who is told of what: the deliveries that an event makes (commitment.md §3, column *told*)."""

from uuid import UUID

from events.catalogue import (
    CommitmentDeclined,
    CommitmentHandedOver,
    CommitmentLapsed,
    CommitmentReleased,
    CommitmentRescheduled,
    CommitmentWithdrawn,
    Event,
    ExpectationSet,
    FollowUpPromised,
    ReminderDue,
    VerdictCorrected,
)
from events.recorded import Recorded

from .delivery import Delivery, delivery_id
from .watched import Watched

ONCE = frozenset({"lapsed"})
"""What happens at most once in a revision, as a rung does; the rest is told apart by its event."""


def of_reminder(recorded: Recorded[Event], event: ReminderDue, owner: str | None) -> Delivery:
    """Return the delivery of a reminder to whoever has the role; its id hangs on the role, not on the person.

    So it stays one delivery, also when the hand-over becomes known here only after the reminder.
    """
    return Delivery(
        id=delivery_id(event.commitment, event.revision, event.rung, event.role, None),
        commitment=event.commitment,
        case=event.case,
        revision=event.revision,
        notice=event.rung,
        recipient=owner,
        due=event.due,
        at=recorded.recorded_at,
        actor=recorded.metadata.actor,
        cause=recorded.id,
        correlation=recorded.metadata.correlation,
        traceparent=recorded.metadata.traceparent,
        short_notice=event.short_notice,
    )


def of_case(recorded: Recorded[Event], before: Watched | None, after: Watched | None) -> list[Delivery]:
    """Return the deliveries that an event of a case makes, given its commitment before and after it."""
    if after is None:
        return []
    known = before or after
    return [_delivery(recorded, known, after, *told) for told in _told(recorded, known, after)]


def _told(
    recorded: Recorded[Event], before: Watched, after: Watched
) -> list[tuple[str, str | None, str | None]]:
    """Return notice, recipient and counterpart of each message."""
    actor = recorded.metadata.actor
    match recorded.event:
        case ExpectationSet() | FollowUpPromised() as made if made.owner and made.said_by != made.owner:
            return [("set", made.owner, None)]
        case CommitmentRescheduled() if actor != after.owner:
            return [("rescheduled", after.owner, None)]
        case CommitmentDeclined():
            return [("declined", after.owner, None)]
        case CommitmentHandedOver() as handed:
            taken = [("handed_over", handed.owner, handed.was)]
            return taken + ([("handed_off", handed.was, handed.owner)] if handed.was else [])
        case CommitmentLapsed():
            return [("lapsed", after.owner, None)]
        case VerdictCorrected() if before.lapse_told and not after.lapse_told:
            return [("all_clear", before.lapse_told, None)]
        case CommitmentReleased() if actor != after.owner:
            return [("released", after.owner, None)]
        case CommitmentWithdrawn() if actor != after.owner:
            return [("withdrawn", after.owner, None)]
        case _:
            return []


def _delivery(
    recorded: Recorded[Event],
    before: Watched,
    after: Watched,
    notice: str,
    recipient: str | None,
    counterpart: str | None,
) -> Delivery:
    event, cause = recorded.event, None if notice in ONCE else recorded.id
    return Delivery(
        id=delivery_id(after.commitment, after.revision, notice, recipient or "", cause),
        commitment=after.commitment,
        case=after.case,
        revision=after.revision,
        notice=notice,
        recipient=recipient,
        due=event.due if isinstance(event, CommitmentRescheduled) else after.due,
        at=recorded.recorded_at,
        actor=recorded.metadata.actor,
        cause=recorded.id,
        correlation=recorded.metadata.correlation,
        traceparent=recorded.metadata.traceparent,
        follows=_lapse_notice(before) if notice == "all_clear" else None,
        counterpart=counterpart,
    )


def _lapse_notice(before: Watched) -> UUID:
    """Return the delivery of the lapse notice that an all-clear takes back."""
    return delivery_id(before.commitment, before.revision, "lapsed", before.lapse_told or "", None)

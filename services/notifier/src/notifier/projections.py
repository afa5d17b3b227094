"""The folds of the logs that the notifier follows: what is known of commitments, and whom that tells."""

from collections.abc import Sequence
from uuid import UUID

from events.catalogue import (
    AnnouncementDue,
    Event,
    ExpectationSet,
    FollowUpPromised,
    NotificationAcknowledged,
    NotificationFailed,
    NotificationSent,
    NotificationSuppressed,
    ReminderDue,
)
from events.catalogue.waits import commitments_of
from events.postgres import Connection
from events.recorded import Recorded

from . import registers, subscriptions, tables
from .announcement import delivery_of
from .delivery import Delivery
from .notice import of_case, of_outcome, of_reminder, reminded
from .watched import Watched, evolve


class Watching:
    """The projection of `cases`: how commitments stand, who is who, and what somebody is told."""

    name = "watched"
    log = "cases"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Fold the batch into the tables, in the caller's transaction."""
        await registers.note_people(connection, batch)
        spoken_of = {commitment for each in batch for commitment in commitments_of(each.event)}
        known = await tables.read_watched(connection, spoken_of)
        known |= await tables.read_watched(connection, _parents(batch, known) - known.keys())
        seen = {commitment: position for commitment, (position, _) in known.items()}
        after = {commitment: watched for commitment, (_, watched) in known.items()}
        made: list[Delivery] = []
        for each in batch:
            for commitment in commitments_of(each.event):
                if each.position <= seen.get(commitment, 0):
                    continue
                before = after.get(commitment)
                after[commitment] = watched = evolve(before, each, commitment)
                seen[commitment] = each.position
                made += of_case(each, before, watched, after.get(watched.parent) if watched.parent else None)
        changed = [
            (seen[each.commitment], each)
            for each in after.values()
            if known.get(each.commitment) != (seen[each.commitment], each)
        ]
        await tables.watch(connection, changed)
        await tables.make(connection, made)


def _parents(batch: Sequence[Recorded[Event]], known: dict[UUID, tuple[int, Watched]]) -> set[UUID]:
    """Return the commitments that those of a batch serve."""
    made = {each.event.parent for each in batch if isinstance(each.event, ExpectationSet | FollowUpPromised)}
    return {each for each in made | {watched.parent for _, watched in known.values()} if each is not None}


class Reminding:
    """The projection of `reminders`: each reminder makes a delivery."""

    name = "reminders"
    log = "reminders"
    types: frozenset[type[Event]] = frozenset({ReminderDue})

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Make the deliveries of the batch, in the caller's transaction."""
        due = [(each, each.event) for each in batch if isinstance(each.event, ReminderDue)]
        known = await tables.read_watched(connection, {event.commitment for _, event in due})
        watched = {commitment: found for commitment, (_, found) in known.items()}
        owners = {commitment: each.owner for commitment, each in watched.items()}
        made = [
            of_reminder(each, event, owners.get(event.commitment), role)
            for each, event in due
            for role in reminded(event)
        ]
        windows = {
            each.id: watched[each.commitment].gathers(each.at) for each in made if each.commitment in watched
        }
        await tables.make(connection, made, windows)


class Settling:
    """The projection of the own log: what came of the deliveries, who is told of that, who subscribed."""

    name = "outcomes"
    log = "notifications"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Settle the deliveries of the batch, and make those it asks for, in the caller's transaction."""
        await subscriptions.note_subscribers(connection, batch)
        settled = [
            (each, each.event)
            for each in batch
            if isinstance(each.event, NotificationSent | NotificationFailed | NotificationSuppressed)
        ]
        await tables.settle(connection, settled)
        await tables.acknowledge(
            connection, [each for each in batch if isinstance(each.event, NotificationAcknowledged)]
        )
        announced = [
            delivery_of(each, each.event) for each in batch if isinstance(each.event, AnnouncementDue)
        ]
        follow_ups = [made for each, _ in settled for made in of_outcome(each)]
        await tables.make(connection, [*announced, *follow_ups])

"""What follows here from what happens to commitments: the systems that asked for it are told."""

from collections.abc import Awaitable, Callable

from events.catalogue import AnnouncementDue, CommitmentKept, CommitmentLapsed, Event, VerdictCorrected
from events.clock import derived_id
from events.decider import Actor
from events.perform import Context, Performer
from events.postgres import Pool
from events.recorded import Recorded

from . import subscriptions
from .announcement import Announce, announce, moments, stream

Announcements = Performer[bool, Announce, AnnouncementDue]
NOTIFIER = Actor("notifier", frozenset({"system"}))


class Announcing:
    """The reaction to `cases`: each subscriber that asked for a moment is told of it once.

    What happened before somebody subscribed is not told to them, however late it is read.
    """

    name = "announcements"
    log = "cases"
    types: frozenset[type[Event]] = frozenset({CommitmentLapsed, CommitmentKept, VerdictCorrected})

    def __init__(
        self, pool: Pool, announcements: Announcements, caught_up: Callable[[], Awaitable[None]]
    ) -> None:
        """`caught_up` waits until all that stands in the own log now was read: who subscribed is there."""
        self._pool = pool
        self._announcements = announcements
        self._caught_up = caught_up

    async def react(self, recorded: Recorded[Event]) -> None:
        """Let everybody be told who asked for it."""
        found = moments(recorded.event)
        if not found:
            return
        await self._caught_up()
        for name in await subscriptions.subscribed(self._pool, found, recorded.recorded_at):
            command = announce(recorded, name)
            context = Context(
                derived_id(recorded.id, self.name, name),
                NOTIFIER,
                correlation=recorded.metadata.correlation,
                causation=recorded.id,
            )
            await self._announcements.perform(stream(command.delivery), command, context)

"""What follows in this service from what others did: contacts come and are made, dues pass."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from events.catalogue import (
    CommitmentFellDue,
    ContactMade,
    ContactReceived,
    CustomerAnswered,
    Event,
    NotificationSent,
)
from events.clock import derived_id
from events.decider import Actor
from events.errors import Rejection
from events.perform import Context, Performer
from events.recorded import Recorded

from .case import Case, CaseEvent, Command, arriving, stream
from .case.commands import (
    AnswerByLink,
    AttachContact,
    FellDue,
    OpenCase,
    ServeContact,
    Service,
    ToldByMessage,
)
from .opener import Opener

log = logging.getLogger("kept.cases")

SUBJECT_LENGTH = 200
Cases = Performer[Case | None, Command, CaseEvent]


class _Reaction:
    """Sends each command under an id that follows from the event, so that doing it again is a repeat."""

    name: str
    log: str
    types: frozenset[type[Event]]
    """What `commands_of` makes commands of."""

    def __init__(self, cases: Cases, skew_limit: timedelta, opener: Opener) -> None:
        self._cases = cases
        self._opener = opener
        self._skew_limit = skew_limit

    async def react(self, recorded: Recorded[Event]) -> None:
        """Do what follows from an event; what the domain refuses is noted and left."""
        for command in commands_of(await self._opener.opened(recorded)):
            await self._send(recorded, command, derived_id(recorded.id, self.name, command.case))

    async def _send(self, recorded: Recorded[Event], command: Command, id_: UUID) -> None:
        """Send a command, and what of it is about commitments that have moved on after them."""
        try:
            performed = await self._cases.perform(stream(command.case), command, self._context(recorded, id_))
            found = performed.state
        except Rejection as rejection:
            log.info(
                "%s after %s@%d was refused: %s",
                type(command).__name__,
                recorded.row.log,
                recorded.position,
                rejection,
            )
            _, found = await self._cases.state(stream(command.case))
        for onward in arriving.forwarded(command, found):
            await self._send(recorded, onward, derived_id(id_, "onward", onward.case))

    def _context(self, recorded: Recorded[Event], id_: UUID) -> Context:
        return Context(
            id_,
            Actor(recorded.metadata.actor, frozenset(recorded.metadata.roles)),
            correlation=recorded.metadata.correlation,
            causation=recorded.id,
            occurred_at=recorded.row.occurred_at,
            skew_limit=self._skew_limit,
        )


class Contacts(_Reaction):
    """Contacts open cases, belong to them, and serve their commitments."""

    name = "contacts"
    log = "contacts"
    types = frozenset({ContactReceived, ContactMade})


class Reminders(_Reaction):
    """A due has passed: the case decides whether that is a lapse."""

    name = "reminders"
    log = "reminders"
    types = frozenset({CommitmentFellDue})


class Notifications(_Reaction):
    """A message has told the customer of a new due, and perhaps they answered."""

    name = "notifications"
    log = "notifications"
    types = frozenset({NotificationSent, CustomerAnswered})


def commands_of(recorded: Recorded[Event]) -> Iterator[Command]:
    """Yield what an event of another service asks of cases: at most one command for each."""
    match recorded.event:
        case ContactReceived() as event:
            yield _received(event, recorded)
        case ContactMade() as event:
            yield from _made(event, recorded)
        case CommitmentFellDue() as event:
            yield FellDue(
                case=event.case, commitment=event.commitment, revision=event.revision, due=event.due
            )
        case NotificationSent(notice="rescheduled_customer") as event:
            yield ToldByMessage(
                case=event.case,
                commitment=event.commitment,
                revision=event.revision,
                notification=UUID(recorded.entity),
                at=recorded.recorded_at,
            )
        case CustomerAnswered() as event:
            yield AnswerByLink(**event.model_dump(exclude={"customer"}), at=recorded.recorded_at)
        case _:
            return


def _received(event: ContactReceived, recorded: Recorded[Event]) -> OpenCase | AttachContact:
    contact = UUID(recorded.entity)
    if not event.opens:
        return AttachContact(case=event.case, customer=event.customer, contact=contact, direction="inbound")
    return OpenCase(
        case=event.case,
        customer=event.customer,
        zone=event.zone,
        subject=event.words[:SUBJECT_LENGTH],
        contact=contact,
        opened_at=_time_of_fact(recorded),
    )


def _made(event: ContactMade, recorded: Recorded[Event]) -> Iterator[ServeContact]:
    named = dict.fromkeys(served.case for served in event.serves)
    if event.case is not None:
        named.setdefault(event.case)
    for case in named:
        yield ServeContact(
            case=case,
            customer=event.customer,
            contact=UUID(recorded.entity),
            channel=event.channel,
            outcome=event.outcome,
            at=_time_of_fact(recorded),
            recorded_at=recorded.recorded_at,
            clock_skew=recorded.row.occurred_at > recorded.recorded_at,
            serves=tuple(
                Service(commitment=served.commitment, tells=served.tells)
                for served in event.serves
                if served.case == case
            ),
            answers=event.answers,
        )


def _time_of_fact(recorded: Recorded[Event]) -> datetime:
    """Return when it happened, never ahead of its own recording, however late it is read (§5.7)."""
    return min(recorded.row.occurred_at, recorded.recorded_at)

"""What most tests of deliveries begin with: promises of `agent`, and a way to reach them."""

from datetime import timedelta
from uuid import UUID

from events.catalogue import Event
from events.catalogue.terms import Terms
from events.testing import EXAMPLES, NOW

from .replica import SECRET, Replica

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
DUE = NOW + HOUR
MAI = "mai@kept.example"


def event(kind: str, commitment: UUID, **changes: object) -> Event:
    """Return the example of this type, about a commitment."""
    return EXAMPLES[kind].model_copy(update={"commitment": commitment, **changes})


def promised(commitment: UUID, owner: str | None = "agent", **says: object) -> Event:
    """Return the promise, due in an hour; of a lapse its owner is told and nobody else."""
    terms = Terms(ladder=(), told_of_lapse=("owner",)).model_copy(update=says)
    return event("FollowUpPromised", commitment, due=DUE, owner=owner, said_by=owner or "bot", terms=terms)


def reminder(commitment: UUID, **changes: object) -> Event:
    """Return a reminder of it."""
    return event("ReminderDue", commitment, due=DUE, **changes)


async def by_mail(one: Replica, *commitments: UUID) -> None:
    """Let `agent` be reached by mail, and own these promises."""
    await one.reached("agent", email="agent@kept.example")
    await one.hear(*map(promised, commitments))


async def by_hook(one: Replica, url: str, *commitments: UUID) -> None:
    """Let `agent` be reached by webhook, and own these promises."""
    await one.reached("agent", webhook=url, secret=SECRET)
    await one.hear(*map(promised, commitments))

"""How cases is composed."""

from collections.abc import Sequence

from events.service import Gauge, Parts, Service

from . import tables
from .api import case_commands, case_performer, owner_commands, owner_performer
from .book import Book
from .reactions import Contacts, Notifications, Reminders
from .reads import reads
from .tables import Customers, Ledger


def compose(parts: Parts) -> Service:
    """Return cases: cases, commitments, owners, and what follows from contacts and reminders."""
    cases, owners = case_performer(parts, Book()), owner_performer(parts)
    handlers = (
        Ledger(),
        Customers(),
        Contacts(cases, parts.skew_limit),
        Reminders(cases, parts.skew_limit),
        Notifications(cases, parts.skew_limit),
    )

    async def figures() -> Sequence[Gauge]:
        return [
            Gauge("commitments", "Commitments by state.", number, {"state": state})
            for state, number in (await tables.counts(parts.pool)).items()
        ]

    return Service(
        parts.name,
        commands=(case_commands(parts, cases, owners), owner_commands(owners)),
        router=reads(parts, cases, owners),
        subscriptions=tuple(parts.follow(handler) for handler in handlers),
        metrics=figures,
    )

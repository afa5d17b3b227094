"""How cases is composed."""

from collections.abc import Sequence

from events.service import Gauge, Parts, Service

from . import tables
from .api import case_commands, case_performer
from .configuration import configuration
from .customers import Customers
from .listing import Listing
from .opener import Opener
from .preview import PreviewPolicy
from .proof_reads import proof_reads
from .reactions import Contacts, Notifications, Reminders
from .reads import reads
from .rules_reads import rules_reads
from .shelf import Shelf
from .tables import Ledger


def compose(parts: Parts) -> Service:
    """Return cases: commitments, what they are made under, what follows from contacts and reminders."""
    shelf = Shelf(parts.log)
    cases = case_performer(parts, shelf)
    opener = Opener(parts.client, parts.settings.urls, parts.settings.token)
    handlers = (
        Ledger(),
        Customers(),
        Listing(),
        Contacts(cases, parts.skew_limit, opener),
        Reminders(cases, parts.skew_limit, opener),
        Notifications(cases, parts.skew_limit, opener),
    )

    async def figures() -> Sequence[Gauge]:
        return [
            Gauge("commitments", "Commitments by state.", number, {"state": state})
            for state, number in (await tables.counts(parts.pool)).items()
        ]

    router = reads(parts, cases)
    router.include_router(rules_reads(parts, shelf))
    router.include_router(proof_reads(parts))
    return Service(
        parts.name,
        commands=(case_commands(parts, cases, shelf), *configuration(shelf)),
        router=router,
        bodies=(PreviewPolicy,),
        subscriptions=tuple(parts.follow(handler) for handler in handlers),
        metrics=figures,
    )

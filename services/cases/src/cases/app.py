"""How cases is composed."""

from collections.abc import Sequence

from events.service import Gauge, Parts, Service
from events.service.erasing import Erasing

from . import tables
from .api import case_commands, case_performer
from .configuration import configuration
from .customers import Customers
from .erasure_reactions import Clearing, Late
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
    ledger, known = parts.follow(Ledger()), parts.follow(Customers())
    clearing = Clearing(parts, cases, ledger, known)
    opener = Opener(parts.client, parts.settings.urls, parts.settings.token)
    handlers = (
        Listing(),
        Contacts(cases, parts.skew_limit, opener),
        Reminders(cases, parts.skew_limit, opener),
        Notifications(cases, parts.skew_limit, opener),
        Late(parts, cases),
        Erasing(parts.log, parts.keyring, parts.name, clearing.clear, clearing.held),
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
        subscriptions=(ledger, known, *(parts.follow(handler) for handler in handlers)),
        metrics=figures,
    )

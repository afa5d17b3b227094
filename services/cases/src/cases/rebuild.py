"""The tables of cases folded anew, to replace the live ones or to be compared with them."""

from collections.abc import Sequence
from importlib.resources import files

from events.service import Parts, Report
from events.service.refold import Tables
from events.service.refold import rebuild as fold_anew
from events.service.verify import Seen
from events.service.verify import verify as compare
from events.verify import Finding
from events.verify.conservation import conservation, lapse_truth, read
from events.verify.domain_time import domain_time

from .customers import Customers
from .listing import Listing
from .tables import Ledger

SCHEMA = (files("cases") / "schema.sql").read_text()
TABLES = Tables(
    SCHEMA,
    projections=lambda: (Ledger(), Customers(), Listing()),
    columns={
        "case_v1": "id, version, position, customer, kind, state, opened_at, closed_at, body",
        "commitment_v1": "id, case_id, customer, owner, state, due, body",
        "customer_v1": "id, zone",
        "registered_v1": "kind, name, version, body",
    },
)


async def rebuild(parts: Parts) -> Report:
    """Fold the tables from event 1 into the place of the live ones; the service must be stopped."""
    return await fold_anew(parts, TABLES)


async def verify(parts: Parts) -> Report:
    """Compare the tables with folds of the logs (I5, I6, I7), check the lives in them (I13, I14, I24)."""
    return await compare(parts, TABLES, _lives)


async def _lives(seen: Seen) -> Sequence[Finding]:
    ledger = read(seen.events("cases"))
    return [conservation(ledger), lapse_truth(ledger, seen.now), domain_time(seen.events("cases"))]

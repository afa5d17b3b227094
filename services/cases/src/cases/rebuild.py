"""The tables of cases folded anew, to replace the live ones or to be compared with them."""

from collections.abc import Sequence
from importlib.resources import files

from events.service import Parts, Report, refold, verify
from events.verify import Finding
from events.verify.conservation import conservation, lapse_truth, read
from events.verify.domain_time import domain_time

from .customers import Customers
from .listing import Listing
from .tables import Ledger

SCHEMA = (files("cases") / "schema.sql").read_text()
TABLES = refold.Tables(
    SCHEMA,
    projections=lambda: (Ledger(), Customers(), Listing()),
    columns={
        "case_v1": "id, version, position, customer, kind, state, opened_at, closed_at, body",
        "commitment_v1": "id, case_id, customer, owner, state, due, body",
        "customer_v1": "id, zone, erased",
        "registered_v1": "kind, name, version, body",
    },
)


async def rebuild_tables(parts: Parts) -> Report:
    """Fold the tables from event 1 into the place of the live ones; the service must be stopped."""
    return await refold.rebuild(parts, TABLES)


async def verify_tables(parts: Parts) -> Report:
    """Compare the tables with folds of the logs (I5, I6, I7), check the lives in them (I13, I14, I24)."""
    return await verify.verify(parts, TABLES, _lives)


async def _lives(seen: verify.Seen) -> Sequence[Finding]:
    ledger = read(seen.events("cases"))
    return [conservation(ledger), lapse_truth(ledger, seen.now), domain_time(seen.events("cases"))]

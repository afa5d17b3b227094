"""The tables of the notifier, for `python -m notifier rebuild` and `verify`; neither sends anything."""

from collections.abc import Sequence
from importlib.resources import files

from events.service import Parts, Report, refold, verify
from events.verify import Finding
from events.verify.delivered import ends, quiet_after_the_end, told_once
from events.verify.domain_time import domain_time

from .projections import Reminding, Settling, Watching
from .registers import (
    CASE_COLUMNS,
    CUSTOMER_COLUMNS,
    ROSTER_COLUMNS,
    ZONE_COLUMNS,
    Knowing,
)
from .subscriptions import SUBSCRIBER_COLUMNS
from .tables import DELIVERY_COLUMNS, WATCHED_COLUMNS

SCHEMA = (files("notifier") / "schema.sql").read_text()
TABLES = refold.Tables(
    SCHEMA,
    lambda: (Watching(), Reminding(), Knowing(), Settling()),
    {
        "watched_v1": WATCHED_COLUMNS,
        "zone_v1": ZONE_COLUMNS,
        "roster_v1": ROSTER_COLUMNS,
        "case_v1": CASE_COLUMNS,
        "customer_v1": CUSTOMER_COLUMNS,
        "subscriber_v1": SUBSCRIBER_COLUMNS,
        "delivery_v1": DELIVERY_COLUMNS,
    },
)


async def rebuild_tables(parts: Parts) -> Report:
    """Fold what is known and what was delivered from the logs, in the place of the live tables.

    What is settled stays settled; only what was pending is tried again.
    """
    return await refold.rebuild(parts, TABLES)


async def verify_tables(parts: Parts) -> Report:
    """Compare the tables with folds of the logs (I5, I6, I7), see who was told what (I10, I11, I14)."""
    return await verify.verify(parts, TABLES, _told)


async def _told(seen: verify.Seen) -> Sequence[Finding]:
    return [
        quiet_after_the_end(seen.events("notifications"), ends(seen.events("cases"))),
        told_once(seen.events("notifications")),
        domain_time(seen.events("notifications")),
    ]

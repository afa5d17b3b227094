"""The tables of intake, for `python -m intake rebuild` and `verify`."""

from importlib.resources import files

from events.service import Parts, Report, refold, verify

from .tables import CONTACT_COLUMNS, CUSTOMER_COLUMNS, Register

SCHEMA = (files("intake") / "schema.sql").read_text()
TABLES = refold.Tables(
    SCHEMA, lambda: (Register(),), {"customer_v1": CUSTOMER_COLUMNS, "contact_v1": CONTACT_COLUMNS}
)


async def rebuild_tables(parts: Parts) -> Report:
    """Fold customers and contacts from the log, in the place of the live ones."""
    return await refold.rebuild(parts, TABLES)


async def verify_tables(parts: Parts) -> Report:
    """Compare customers and contacts with folds of the log."""
    return await verify.verify(parts, TABLES)

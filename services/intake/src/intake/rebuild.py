"""The tables of intake, for `python -m intake rebuild` and `verify`."""

from importlib.resources import files

from events.service import Parts, Report, refold, verify

from .tables import CONTACT_COLUMNS, CUSTOMER_COLUMNS, KEY_COLUMNS, Register

SCHEMA = (files("intake") / "schema.sql").read_text()
COLUMNS = {"customer_v1": CUSTOMER_COLUMNS, "customer_key_v1": KEY_COLUMNS, "contact_v1": CONTACT_COLUMNS}


def tables(parts: Parts) -> refold.Tables:
    """Return what intake fills: customers, by what they are found, contacts."""
    return refold.Tables(SCHEMA, lambda: (Register(parts.lookup),), COLUMNS)


async def rebuild_tables(parts: Parts) -> Report:
    """Fold customers and contacts from the log, in the place of the live ones."""
    return await refold.rebuild(parts, tables(parts))


async def verify_tables(parts: Parts) -> Report:
    """Compare customers and contacts with folds of the log."""
    return await verify.verify(parts, tables(parts))

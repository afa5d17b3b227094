"""Customers and contacts as they are read: folded from the own log, found by id, customer or reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from pydantic_core import from_json, to_json

from events.catalogue import (
    ContactMade,
    ContactReceived,
    CustomerChanged,
    CustomerErased,
    CustomerRegistered,
    Event,
)
from events.catalogue.contacts import Outcome, Served
from events.keyring import ERASED
from events.lookup import Lookup
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded

from .contact import Contact
from .customer import Customer, evolve
from .finding import keys_of


@dataclass(frozen=True, slots=True)
class Kept:
    """A customer as the table has them."""

    version: int
    customer: Customer
    registered_at: datetime
    erased_at: datetime | None = None


OF_CUSTOMER = CustomerRegistered | CustomerChanged | CustomerErased


class Register:
    """The projection of intake: its customers and contacts."""

    name = "register"
    log = "contacts"

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Fold the batch into the tables, in the caller's transaction."""
        changes = [each for each in batch if isinstance(each.event, OF_CUSTOMER)]
        if changes:
            after = fold(await _read(connection, changes), changes)
            await _write(connection, after)
            await _find_by(connection, after, self._lookup)
        contacts = [each for each in batch if isinstance(each.event, ContactReceived | ContactMade)]
        if contacts:
            await connection.executemany(_INSERT_CONTACT, [_contact(each) for each in contacts])
        await connection.execute(_ERASE_CONTACTS, list(_named(batch)), ERASED)


def _named(batch: Sequence[Recorded[Event]]) -> set[UUID]:
    """Return the customers who may have contacts to be erased: erased now, or long before a late contact."""
    erased = {UUID(each.entity) for each in batch if isinstance(each.event, CustomerErased)}
    return erased | {
        each.event.customer for each in batch if isinstance(each.event, ContactReceived | ContactMade)
    }


def fold(before: Mapping[UUID, Kept], batch: Sequence[Recorded[Event]]) -> dict[UUID, Kept]:
    """Return the customers after these events, by id."""
    after = dict(before)
    for each in batch:
        assert isinstance(each.event, OF_CUSTOMER)
        customer, known = UUID(each.entity), after.get(UUID(each.entity))
        state = evolve(known.customer if known else None, each.event)
        registered = known.registered_at if known else each.recorded_at
        erased = each.recorded_at if isinstance(each.event, CustomerErased) else None
        after[customer] = Kept(each.version, state, registered, erased)
    return after


CUSTOMER_COLUMNS = (
    "id, version, name, zone, language, channel, address, source, reference, registered_at, erased_at"
)
_CUSTOMERS = f"SELECT {CUSTOMER_COLUMNS} FROM customer_v1 WHERE id = any($1)"  # noqa: S608 - the names of columns
_WRITE_CUSTOMER = f"""
    INSERT INTO customer_v1({CUSTOMER_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name, zone = excluded.zone,
      language = excluded.language, channel = excluded.channel, address = excluded.address,
      reference = excluded.reference, erased_at = excluded.erased_at
"""  # noqa: S608 - the names of columns


async def _read(connection: Connection, batch: Sequence[Recorded[Event]]) -> dict[UUID, Kept]:
    rows = await connection.fetch(_CUSTOMERS, list({UUID(each.entity) for each in batch}))
    return {row["id"]: _kept(row) for row in rows}


async def _write(connection: Connection, customers: Mapping[UUID, Kept]) -> None:
    rows = [
        (
            id_,
            kept.version,
            kept.customer.name,
            kept.customer.zone,
            kept.customer.language,
            kept.customer.channel,
            kept.customer.address,
            kept.customer.source,
            kept.customer.reference,
            kept.registered_at,
            kept.erased_at,
        )
        for id_, kept in customers.items()
    ]
    await connection.executemany(_WRITE_CUSTOMER, rows)


_FORGET_KEYS = "DELETE FROM customer_key_v1 WHERE customer = any($1)"
_KEY = "INSERT INTO customer_key_v1(customer, kind, hash) VALUES ($1, $2, $3)"


async def _find_by(connection: Connection, customers: Mapping[UUID, Kept], lookup: Lookup) -> None:
    """Let customers be found by what they are called now, and by nothing else."""
    await connection.execute(_FORGET_KEYS, list(customers))
    keys = [(id_, *key) for id_, kept in customers.items() for key in keys_of(kept.customer, lookup)]
    await connection.executemany(_KEY, keys)


def _kept(row: Record) -> Kept:
    names = ("name", "zone", "language", "channel", "address", "source", "reference")
    erased = row["erased_at"]
    customer = Customer(**{name: row[name] for name in names}, erased=erased is not None)
    return Kept(row["version"], customer, row["registered_at"], erased)


CONTACT_COLUMNS = (
    "id, position, direction, customer, channel, visibility, words, case_id, opens, outcome, serves, answers,"
    " source, reference, occurred_at, recorded_at"
)
_INSERT_CONTACT = f"""
    INSERT INTO contact_v1({CONTACT_COLUMNS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""  # noqa: S608 - the names of columns
_ERASE_CONTACTS = """
    UPDATE contact_v1 c SET words = $2, reference = CASE WHEN c.reference IS NOT NULL THEN $2 END
      FROM customer_v1 k
     WHERE k.id = c.customer AND k.id = any($1) AND k.erased_at IS NOT NULL
       AND (c.words <> $2 OR c.reference <> $2)
"""


def _contact(recorded: Recorded[Event]) -> tuple[object, ...]:
    event, row = recorded.event, recorded.row
    assert isinstance(event, ContactReceived | ContactMade)
    outcome, serves, answers = _outbound(event)
    return (
        UUID(recorded.entity),
        row.position,
        "inbound" if outcome is None else "outbound",
        event.customer,
        event.channel,
        event.visibility,
        event.words,
        event.case,
        isinstance(event, ContactReceived) and event.opens,
        outcome,
        to_json(serves).decode(),
        list(answers),
        event.source,
        event.reference,
        row.occurred_at,
        row.recorded_at,
    )


def _outbound(event: Contact) -> tuple[Outcome | None, Sequence[Served], Sequence[UUID]]:
    if isinstance(event, ContactReceived):
        return None, (), ()
    return event.outcome, event.serves, event.answers


async def customer(pool: Pool, id_: UUID) -> Record | None:
    """Return a customer's row, or none. Raises Unavailable."""
    return await ask(pool, lambda connection: connection.fetchrow(_CUSTOMERS, [id_]))


KEY_COLUMNS = "customer, kind, hash"
_FOUND = f"""
    SELECT {CUSTOMER_COLUMNS} FROM customer_key_v1 k JOIN customer_v1 c ON c.id = k.customer
     WHERE k.kind = $1 AND k.hash = $2 AND c.source IS NOT DISTINCT FROM coalesce($3, c.source) AND c.id > $4
     ORDER BY c.id LIMIT $5
"""  # noqa: S608 - the names of columns


async def found(
    pool: Pool, search: tuple[str, bytes], source: str | None, after: UUID, limit: int
) -> list[Record]:
    """Return at most `limit` customers with this key, by id, from `after` on. Raises Unavailable."""
    asked = (*search, source, after, limit)
    return await ask(pool, lambda connection: connection.fetch(_FOUND, *asked))


_CONTACT_BY_ID = f"SELECT {CONTACT_COLUMNS} FROM contact_v1 WHERE id = $1"  # noqa: S608 - the names of columns
_CONTACTS = f"SELECT {CONTACT_COLUMNS} FROM contact_v1 WHERE {{}} ORDER BY position DESC LIMIT $1"  # noqa: S608 - the names of columns
_WANTED = {
    "customer": "customer = ${}",
    "source": "source = ${}",
    "reference": "reference = ${}",
    "before": "position < ${}",
}
"""What may be asked of a contact; only what is asked stands in the query, so that an index serves it."""


async def contact(pool: Pool, id_: UUID) -> dict[str, Any] | None:
    """Return a contact, or none. Raises Unavailable."""
    row = await ask(pool, lambda connection: connection.fetchrow(_CONTACT_BY_ID, id_))
    return _shown(row) if row else None


async def contacts(pool: Pool, wanted: Mapping[str, object], limit: int) -> list[dict[str, Any]]:
    """Return at most `limit` contacts, the last recorded first, that are as `wanted` (names of _WANTED).

    A value of None is not asked for. Raises Unavailable.
    """
    asked = {name: value for name, value in wanted.items() if value is not None}
    conditions = [_WANTED[name].format(number) for number, name in enumerate(asked, 2)]
    query = _CONTACTS.format(" AND ".join(conditions) or "true")
    rows = await ask(pool, lambda connection: connection.fetch(query, limit, *asked.values()))
    return [_shown(row) for row in rows]


def _shown(row: Record) -> dict[str, Any]:
    shown = dict(row)
    return {**shown, "case": shown.pop("case_id"), "serves": from_json(shown["serves"])}

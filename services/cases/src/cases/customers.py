"""The customers that intake knows, as far as cases needs them: where they live."""

from collections.abc import Sequence
from uuid import UUID

from events.catalogue import CustomerChanged, CustomerErased, CustomerRegistered, Event
from events.keyring import Erased
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded


class Customers:
    """The projection of intake's log: which customers there are, where they live, and who is erased."""

    name = "customers"
    log = "contacts"
    types: frozenset[type[Event]] = frozenset({CustomerRegistered, CustomerChanged, CustomerErased})

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Note the zone of each customer, in the caller's transaction."""
        zones = {
            UUID(recorded.entity): recorded.event.zone
            for recorded in batch
            if isinstance(recorded.event, CustomerRegistered | CustomerChanged)
        }
        if zones:
            await connection.executemany(_WRITE_CUSTOMER, list(zones.items()))
        erased = [UUID(each.entity) for each in batch if isinstance(each.event, CustomerErased)]
        if erased:
            await connection.execute(_ERASE_CUSTOMERS, erased)


_WRITE_CUSTOMER = """
    INSERT INTO customer_v1(id, zone) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET zone = excluded.zone
"""
_ERASE_CUSTOMERS = "UPDATE customer_v1 SET erased = true WHERE id = any($1)"
_ZONE = "SELECT zone, erased FROM customer_v1 WHERE id = $1"


async def zone_of(pool: Pool, customer: UUID) -> str | None:
    """Return a customer's zone, none where they are not known (yet). Raises Erased, Unavailable."""
    row = await ask(pool, lambda connection: connection.fetchrow(_ZONE, customer))
    if row is not None and row["erased"]:
        raise Erased(subject=str(customer))
    return row["zone"] if row else None


async def is_erased(pool: Pool, customer: UUID) -> bool:
    """Say whether a customer is known here to be erased. Raises Unavailable."""
    row = await ask(pool, lambda connection: connection.fetchrow(_ZONE, customer))
    return row is not None and row["erased"]

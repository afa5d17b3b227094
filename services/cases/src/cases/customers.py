"""The customers that intake knows, as far as cases needs them: where they live."""

from collections.abc import Sequence
from uuid import UUID

from events.catalogue import CustomerChanged, CustomerRegistered, Event
from events.postgres import Connection, Pool, ask
from events.recorded import Recorded


class Customers:
    """The projection of intake's log: which customers there are, and where they live."""

    name = "customers"
    log = "contacts"

    async def apply(self, connection: Connection, batch: Sequence[Recorded[Event]]) -> None:
        """Note the zone of each customer, in the caller's transaction."""
        zones = {
            UUID(recorded.entity): recorded.event.zone
            for recorded in batch
            if isinstance(recorded.event, CustomerRegistered | CustomerChanged)
        }
        if zones:
            await connection.executemany(_WRITE_CUSTOMER, list(zones.items()))


_WRITE_CUSTOMER = """
    INSERT INTO customer_v1(id, zone) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET zone = excluded.zone
"""
_ZONE = "SELECT zone FROM customer_v1 WHERE id = $1"


async def zone_of(pool: Pool, customer: UUID) -> str | None:
    """Return a customer's zone, none where they are not known (yet). Raises Unavailable."""
    row = await ask(pool, lambda connection: connection.fetchrow(_ZONE, customer))
    return row["zone"] if row else None

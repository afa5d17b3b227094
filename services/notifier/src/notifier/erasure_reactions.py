"""What follows here when a customer is erased: nothing more is sent to them."""

from dataclasses import dataclass
from uuid import UUID

from pydantic_core import from_json

from events.catalogue import Event
from events.clock import derived_id
from events.log import Log
from events.perform import Context
from events.postgres import Pool, ask, parked
from events.recorded import Recorded
from events.service.waits import must_have_read
from events.subscribe import Subscription

from .delivery import TO_CUSTOMER, Delivery, SettleDelivery, stream, suppressed
from .reactions import NOTIFIER
from .weighing import Deliveries

_PENDING = """
    SELECT d.delivery, d.recipient, d.owner FROM case_v1 c JOIN delivery_v1 d USING (case_id)
     WHERE c.customer = $1 AND d.notice = $2 AND d.outcome IS NULL AND d.delivery IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Clearing:
    """Settles what waits to be sent to a customer, and knows them as erased from then on.

    What is made later, from what was read later, is settled when its turn comes.
    """

    pool: Pool
    log: Log
    deliveries: Deliveries
    knowing: Subscription
    settling: Subscription

    async def clear(self, customer: UUID, recorded: Recorded[Event]) -> None:
        """Let no letter to a customer be sent any more. Raises NotYet, Unavailable."""
        await must_have_read(self.knowing, recorded.position)
        for delivery in await pending(self.pool, customer):
            outcome = suppressed(delivery, "erased")
            context = Context(
                derived_id(delivery.id, type(outcome).__name__),
                NOTIFIER,
                correlation=delivery.correlation,
                causation=recorded.id,
            )
            await self.deliveries.perform(stream(delivery.id), SettleDelivery(delivery.id, outcome), context)
        await must_have_read(self.settling, (await self.log.head()).position)

    async def held(self, recorded: Recorded[Event]) -> list[str]:
        """Return the customer's stream where it is parked before they are known as erased."""
        return await parked.held(self.pool, self.knowing.name, [recorded.stream])


async def pending(pool: Pool, customer: UUID) -> list[Delivery]:
    """Return the deliveries to a customer that are not settled. Raises Unavailable."""
    rows = await ask(pool, lambda connection: connection.fetch(_PENDING, customer, TO_CUSTOMER))
    named = [{"recipient": row["recipient"], "owner": row["owner"]} for row in rows]
    return [
        Delivery.model_validate({**from_json(row["delivery"]), **who})
        for row, who in zip(rows, named, strict=True)
    ]

"""How intake is composed."""

from uuid import UUID

from events.catalogue import Event
from events.postgres import parked
from events.recorded import Recorded
from events.service import Parts, Service
from events.service.erasing import Erasing
from events.service.waits import must_have_read

from .api import contact_commands, customer_commands, reads
from .erasure_reads import erasure_reads
from .finding import SearchCustomers
from .tables import Register


def compose(parts: Parts) -> Service:
    """Return intake: customers, contacts, and what is read of them."""
    customers = customer_commands(parts)
    register = parts.follow(Register(parts.lookup))

    async def clear(_customer: UUID, recorded: Recorded[Event]) -> None:
        await must_have_read(register, recorded.position)

    async def held(recorded: Recorded[Event]) -> list[str]:
        return await parked.held(parts.pool, register.name, [recorded.stream])

    erasing = parts.follow(Erasing(parts.log, parts.keyring, parts.name, clear, held))
    router = reads(parts)
    erasure_reads(router, parts)
    return Service(
        parts.name,
        commands=(customers, contact_commands(parts, customers.performer)),
        router=router,
        bodies=(SearchCustomers,),
        subscriptions=(register, erasing),
    )

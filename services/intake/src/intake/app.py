"""How intake is composed."""

from events.service import Parts, Service

from .api import contact_commands, customer_commands, reads
from .finding import SearchCustomers
from .tables import Register


def compose(parts: Parts) -> Service:
    """Return intake: customers, contacts, and what is read of them."""
    customers = customer_commands(parts)
    return Service(
        parts.name,
        commands=(customers, contact_commands(parts, customers.performer)),
        router=reads(parts),
        bodies=(SearchCustomers,),
        subscriptions=(parts.follow(Register(parts.lookup)),),
    )

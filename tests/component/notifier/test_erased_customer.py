"""A customer is erased: what waits to be sent to them is not, whoever hears of it first."""

from typing import Any

from events.catalogue import CustomerErased, NotificationSuppressed
from events.testing import NOW, an_id, recorded
from notifier.erasure_reactions import Clearing

from .scene import HOUR
from .test_customer import letters_to, mai, moved

MAI = an_id("mai")
ASKED = recorded(CustomerErased(), f"customer-{MAI}", 9, log="contacts")


class Read:
    """A projection that the test itself brings everything to."""

    log = "contacts"

    async def passed(self, _position: int, _seconds: float) -> bool:
        return True


async def erased(one) -> None:
    """Let the notifier hear that she is erased, and do what follows."""
    await one.meet(MAI, CustomerErased())
    knowing: Any = Read()
    await Clearing(one.pool, one.log, one.sender.scales.deliveries, knowing, one.settling).clear(MAI, ASKED)


async def test_erase__a_letter_that_waits_is_settled_and_never_sent(hasty, commitment, ledger, post):
    one, customer = hasty, mai()
    ledger.silent = True
    await moved(one, ledger, commitment, customer)
    assert await one.settled() == []
    await erased(one)
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationSuppressed)
    assert (outcome.notice, outcome.recipient, outcome.reason) == (
        "rescheduled_customer",
        "customer",
        "erased",
    )
    ledger.silent = False
    await one.set_clock(NOW + HOUR)
    await one.at_rest()
    assert letters_to(post, customer.address) == []
    await erased(one)
    assert len(await one.settled()) == 1


async def test_erase__a_letter_of_another_customer_goes_on(hasty, commitment, ledger):
    one = hasty
    ledger.silent = True
    await moved(one, ledger, commitment, mai())
    other: Any = Read()
    await Clearing(one.pool, one.log, one.sender.scales.deliveries, other, one.settling).clear(
        an_id("ana"), ASKED
    )
    assert await one.settled() == []


async def test_erase__a_letter_made_later_is_not_sent_either(one, commitment, ledger, post):
    customer = mai()
    await one.meet(MAI, customer)
    await erased(one)
    await moved(one, ledger, commitment, None)
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationSuppressed)
    assert outcome.reason == "erased"
    assert letters_to(post, customer.address) == []


async def test_erase__of_which_intake_alone_knows__is_believed(one, commitment, ledger, post):
    customer = mai()
    await one.meet(MAI, customer)
    ledger.customers[MAI] |= {"erased_at": NOW.isoformat()}
    await moved(one, ledger, commitment, None)
    outcome = await one.outcome()
    assert isinstance(outcome, NotificationSuppressed)
    assert outcome.reason == "erased"
    assert letters_to(post, customer.address) == []

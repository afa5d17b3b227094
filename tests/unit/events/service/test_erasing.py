"""A customer is erased in one service: cleared, the key destroyed, then said; and again if need be."""

from uuid import UUID

import pytest

from events.catalogue import CustomerErased, CustomerRegistered, Event, KeyDestroyed
from events.errors import HeldBack, NotYet, Unavailable
from events.keyring import Erased, MemoryKeyring
from events.memory import MemoryLog
from events.recorded import Recorded
from events.service.erasing import Erasing, destroy_again, stream
from events.service.waits import must_have_read
from events.testing import an_id, recorded
from events.wire import decode

MAI = an_id("mai")
ASKED = recorded(CustomerErased(), f"customer-{MAI}", 7, log="contacts")


class Service:
    """What a service has of a customer, and whether it can be cleared just now."""

    def __init__(self) -> None:
        self.log = MemoryLog("cases")
        self.keyring = MemoryKeyring()
        self.cleared: list[UUID] = []
        self.away = False
        self.erasing = Erasing(self.log, self.keyring, "cases", self.clear)

    async def clear(self, customer: UUID, _recorded: Recorded[Event]) -> None:
        if self.away:
            raise Unavailable("the database is away")
        await self.keyring.key_for(str(customer))  # it stands as long as there is something to be cleared
        self.cleared.append(customer)

    async def said(self) -> list[Event]:
        return [decode(row).event for row in await self.log.stream(stream(MAI))]


@pytest.fixture
def service() -> Service:
    return Service()


async def test_erasing__clears_then_destroys_the_key_then_says_so(service):
    key = await service.keyring.key_for(str(MAI))
    await service.erasing.react(ASKED)
    assert service.cleared == [MAI]
    assert await service.keyring.keys([key.id]) == {key.id: None}
    assert await service.said() == [KeyDestroyed(customer=MAI)]


async def test_erasing__what_is_parked_holds_the_end_of_it_back(service):
    parked = ["case-1"]

    async def held(_recorded: Recorded[Event]) -> list[str]:
        return parked

    service.erasing = Erasing(service.log, service.keyring, "cases", service.clear, held)
    key = await service.keyring.key_for(str(MAI))
    with pytest.raises(HeldBack, match="case-1"):
        await service.erasing.react(ASKED)
    assert await service.keyring.keys([key.id]) == {key.id: None}
    assert await service.said() == []
    parked.clear()
    service.erasing = Erasing(service.log, service.keyring, "cases", nothing, held)
    await service.erasing.react(ASKED)
    assert await service.said() == [KeyDestroyed(customer=MAI)]


async def test_erasing__who_was_never_known_here_cannot_come_to_be_known(service):
    service.erasing = Erasing(service.log, service.keyring, "cases", nothing)
    await service.erasing.react(ASKED)
    with pytest.raises(Erased):
        await service.keyring.key_for(str(MAI))


async def nothing(_customer: UUID, _recorded: Recorded[Event]) -> None:
    """Have nothing to clear."""


async def test_erasing__what_cannot_be_cleared_now_keeps_its_key_and_is_not_said_to_be_done(service):
    service.away = True
    with pytest.raises(Unavailable):
        await service.erasing.react(ASKED)
    assert await service.said() == []
    service.away = False
    await service.erasing.react(ASKED)
    assert await service.said() == [KeyDestroyed(customer=MAI)]


async def test_erasing__killed_before_it_was_said__is_done_again(service):
    service.erasing = Erasing(service.log, service.keyring, "cases", nothing)
    await service.keyring.destroy(str(MAI))
    await service.erasing.react(ASKED)
    await service.erasing.react(ASKED)
    assert await service.said() == [KeyDestroyed(customer=MAI)]


async def test_erasing__leaves_everybody_else_alone(service):
    await service.erasing.react(recorded(CustomerRegistered(name="Ana", zone="UTC"), f"customer-{MAI}"))
    assert (service.cleared, await service.said()) == ([], [])


async def test_erase_again__destroys_what_a_restored_keyring_has_brought_back(service):
    service.erasing = Erasing(service.log, service.keyring, "cases", nothing)
    await service.erasing.react(ASKED)
    restored = MemoryKeyring()
    key, other = await restored.key_for(str(MAI)), await restored.key_for("somebody else")
    assert await destroy_again(service.log, restored) == (1, 1)
    assert await restored.keys([key.id, other.id]) == {key.id: None, other.id: other}
    assert await destroy_again(service.log, restored) == (1, 0)


async def test_must_have_read__what_was_not_read_yet_is_tried_again():
    class Reading:
        log = "cases"

        async def passed(self, position: int, timeout: float) -> bool:  # noqa: ARG002, ASYNC109 - as theirs
            return position <= 3

    await must_have_read(Reading(), 3)
    with pytest.raises(NotYet, match="cases@4"):
        await must_have_read(Reading(), 4)

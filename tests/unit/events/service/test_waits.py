"""Kept-After: whom a read waits for, and for how long."""

from dataclasses import dataclass, field

import pytest
from starlette.requests import Request

from events.errors import NotYet
from events.log import Append, Entry, Part
from events.memory import MemoryLog
from events.service.problems import Problem
from events.service.waits import LONGEST, Waits, read_bound, read_places
from events.testing import NOW, an_id


@dataclass
class Stub:
    """A subscription that has come to a place and stays there."""

    log: str
    position: int
    asked: list[int] = field(default_factory=list)

    async def passed(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - as the real one
        assert 0 <= timeout <= LONGEST
        self.asked.append(position)
        return self.position >= position


async def log_of(length: int) -> MemoryLog:
    log = MemoryLog("cases", at=NOW)
    for number in range(length):
        entry = Entry("CaseClosed", 1, b"{}", b"{}", NOW)
        await log.append(Append(an_id(f"c{number}"), (Part("case-1", None, (entry,)),)))
    return log


def request(*after: str, prefer: str = "wait=0") -> Request:
    headers = [(b"kept-after", each.encode()) for each in after] + [(b"prefer", prefer.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "query_string": b""})


async def test_read__of_the_own_log_waits_for_the_projection():
    own = Stub("cases", 2)
    waits = Waits(await log_of(3), (own,))
    await waits.to_read(request("cases@2"))
    assert own.asked == [2]
    with pytest.raises(NotYet):
        await waits.to_read(request("cases@3"))


async def test_read__of_another_log_waits_for_what_followed():
    own, other, third = Stub("cases", 3), Stub("contacts", 9), Stub("reminders", 0)
    waits = Waits(await log_of(3), (own, other, third))
    await waits.to_read(request("contacts@9"))
    assert (other.asked, own.asked, third.asked) == ([9], [3], [])
    with pytest.raises(NotYet):
        await waits.to_read(request("contacts@10"))


async def test_read__of_another_log_waits_for_every_reader_of_it_and_the_own_head():
    own, one, two = Stub("cases", 2), Stub("contacts", 9), Stub("contacts", 8)
    waits = Waits(await log_of(3), (own, one, two))
    with pytest.raises(NotYet):
        await waits.to_read(request("contacts@9"))
    two.position = 9
    with pytest.raises(NotYet, match="cases@3"):
        await waits.to_read(request("contacts@9"))


async def test_command__waits_for_the_subscription_only():
    own, other = Stub("cases", 0), Stub("contacts", 9)
    waits = Waits(await log_of(3), (own, other))
    await waits.to_decide(request("contacts@9"))
    await waits.to_decide(request("cases@3"))
    assert own.asked == []
    with pytest.raises(NotYet):
        await waits.to_decide(request("cases@4"))


async def test_wait__for_a_log_nobody_follows_is_refused():
    waits = Waits(await log_of(0), ())
    with pytest.raises(Problem) as caught:
        await waits.to_read(request("weather@1"))
    assert (caught.value.status, caught.value.slug) == (400, "kept-after-unknown")


async def test_without_the_header__nobody_waits():
    own = Stub("cases", 0)
    await Waits(await log_of(1), (own,)).to_read(request())
    assert own.asked == []


def test_places__are_read_from_all_lines():
    assert read_places(["cases@1, contacts@2", "cases@7"]) == {"cases": 7, "contacts": 2}
    assert read_places([]) == {}


@pytest.mark.parametrize(
    "line", ["", "cases", "cases@", "@1", "cases@-1", "cases@1.5", "Cases@1", "cases@x", "cases@" + "9" * 30]
)
def test_places__malformed_are_refused(line):
    with pytest.raises(Problem) as caught:
        read_places([line])
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, 2.0),
        ("", 2.0),
        ("wait=5", 5.0),
        ("respond-async, wait=0.5", 0.5),
        ("wait=60", 10.0),
        ("wait=-1", 2.0),
        ("await=5", 2.0),
    ],
)
def test_bound__is_what_is_preferred_within_limits(prefer, seconds):
    assert read_bound(prefer) == seconds

"""What a process knows of a stream is tried first; only an append proves it, everything else is read for."""

from collections import Counter
from uuid import UUID

import pytest
from typing_extensions import override

from cases.case import Case, CaseEvent
from cases.case.commands import FellDue
from cases.commitment import Commitment
from events.errors import Conflict, Unknown
from events.memory import MemoryLog
from events.perform import DOUBT, Performed
from events.recorded import Stored
from events.testing import NOW

from .scene import A_CASE, DUE, ONE, TWO, hand_over, keep, opening, promise
from .test_performing import STREAM, context, process


class Counting(MemoryLog):
    """A log that counts how often each stream was read."""

    def __init__(self) -> None:
        super().__init__("cases", at=NOW)
        self.reads: Counter[str] = Counter()

    @override
    async def stream(self, stream: str, after: int = 0) -> list[Stored]:
        self.reads[stream] += 1
        return await super().stream(stream, after)


def standing(performed: Performed[Case | None, CaseEvent], commitment: UUID) -> Commitment:
    """Return a commitment as a command has left it."""
    assert performed.state is not None
    return performed.state.commitments[commitment]


@pytest.fixture
async def log() -> Counting:
    counting = Counting()
    await process(counting).perform(STREAM, opening(), context())
    await process(counting).perform(STREAM, promise(), context())
    return counting


async def test_what_is_known_and_holds__is_not_read_again(log):
    performer = process(log)
    await performer.state(STREAM)
    log.reads.clear()
    performed = await performer.perform(STREAM, hand_over(), context())
    await performer.perform(STREAM, keep(), context(expected=performed.version))
    assert not log.reads


async def test_what_others_have_written__is_read_before_a_refusal(log):
    performer = process(log)
    await performer.state(STREAM)
    await process(log).perform(STREAM, promise(commitment=TWO), context())
    performed = await performer.perform(STREAM, keep(commitment=TWO), context())
    assert performed.version == 4
    assert standing(performed, TWO).state == "kept"


async def test_what_others_have_written__is_read_before_a_version_is_refused(log):
    performer = process(log)
    await performer.state(STREAM)
    await process(log).perform(STREAM, hand_over(), context())
    performed = await performer.perform(STREAM, keep(), context(expected=3))
    assert performed.version == 4
    with pytest.raises(Conflict):
        await performer.perform(STREAM, hand_over(), context(expected=3))


async def test_what_others_have_written__is_read_before_nothing_is_said_to_change(log):
    one, other = process(log), process(log)
    await one.perform(STREAM, hand_over(owner="ana"), context())
    await other.perform(STREAM, hand_over(owner="ben"), context())
    performed = await one.perform(STREAM, hand_over(owner="ana"), context())
    assert performed.events
    assert standing(performed, ONE).owner == "ana"


async def test_what_is_refused_and_holds__is_read_once_and_refused(log):
    performer = process(log)
    await performer.state(STREAM)
    log.reads.clear()
    with pytest.raises(Unknown):
        await performer.perform(STREAM, keep(commitment=TWO), context())
    assert log.reads == {STREAM: 1}


async def test_what_changes_nothing_and_holds__writes_nothing(log):
    performer = process(log)
    due = FellDue(case=A_CASE, commitment=ONE, revision=9, due=DUE)
    before = await log.head()
    assert (await performer.perform(STREAM, due, context())).appended is None
    assert await log.head() == before


async def test_who_was_overtaken__reads_first_for_a_while(log):
    one, other = process(log), process(log)
    await one.state(STREAM)
    await other.perform(STREAM, hand_over(owner="ana"), context())
    await one.perform(STREAM, hand_over(owner="ben"), context())
    read = []
    for number in range(DOUBT + 1):
        log.reads.clear()
        await one.perform(STREAM, hand_over(owner=f"c{number}"), context())
        read.append(log.reads[STREAM])
    assert read == [*[1] * (DOUBT - 1), 0, 0]

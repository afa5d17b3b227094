"""Cases on a log: recorded, repeated under one id, conflicting between two processes (edge 53)."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import pytest
from typing_extensions import override

from cases.case import Case, CaseEvent, Command, elsewhere, happened, lapses, stream, subject
from cases.case.commands import EndHandedOn, ProposeResolution
from events.clock import derived_id, new_id
from events.decider import Actor
from events.errors import Conflict, NotNow
from events.keyring import MemoryKeyring
from events.log import Append, Appended, Entry, Part
from events.memory import MemoryLog
from events.perform import TRIES, Context, Performer
from events.recorded import Metadata
from events.service.problems import problem_of
from events.testing import AGENT, NOW
from events.wire import encode

from .scene import (
    A_CASE,
    AFTER,
    BEFORE,
    BOOK,
    CASE,
    DUE,
    LATER,
    ONE,
    OPEN,
    TWO,
    close,
    hand_over,
    keep,
    opening,
    promise,
    reschedule,
)

KEYRING = MemoryKeyring()
STREAM = stream(A_CASE)
METADATA = Metadata(actor="ana", correlation=derived_id("other")).model_dump_json().encode()


def context(command: UUID | None = None, expected: int | None = None, by: Actor = AGENT) -> Context:
    command_id = command or new_id()
    return Context(command_id, by, correlation=command_id, expected=expected)


@pytest.fixture
async def log() -> MemoryLog:
    memory = MemoryLog("cases", at=NOW)
    performer = process(memory)
    await performer.perform(STREAM, opening(), context())
    await performer.perform(STREAM, promise(), context())
    return memory


def process(log: MemoryLog) -> Performer[Case | None, Command, CaseEvent]:
    found = partial(lapses, BOOK)
    return Performer(
        log,
        CASE,
        source="cases",
        happened=happened,
        found=found,
        keyring=KEYRING,
        subject=subject,
        elsewhere=elsewhere,
    )


async def test_keep__recorded_and_repeated_under_the_same_id(log):
    command = derived_id("a keep")
    first = await process(log).perform(STREAM, keep(), context(command))
    again = await process(log).perform(STREAM, keep(), context(command))
    assert [type(event).__name__ for event in first.events] == ["CommitmentKept"]
    assert again.events == ()
    assert (await log.head()).position == 3


async def test_edge_53__a_command_that_saw_an_older_version_conflicts(log):
    await process(log).perform(STREAM, hand_over(), context(expected=2))
    with pytest.raises(Conflict):
        await process(log).perform(STREAM, hand_over(owner="ana"), context(expected=2))


async def test_edge_53__a_command_that_saw_none_is_decided_anew(log):
    one, other = process(log), process(log)
    await one.state(STREAM)
    await other.state(STREAM)
    await one.perform(STREAM, hand_over(), context())
    performed = await other.perform(STREAM, keep(), context())
    assert performed.version == 4


class Contested(MemoryLog):
    """A log to whose stream somebody else writes whenever we are about to, so many times."""

    intrusions = 0
    where = STREAM

    @override
    async def append(self, append: Append) -> Appended:
        if self.intrusions and any(part.expected for part in append.parts):
            self.intrusions -= 1
            words = ProposeResolution(case=A_CASE, words=f"Solved, {self.intrusions}.")
            entries = [Entry(*encode(event), METADATA, NOW) for event in _said(words)]
            await super().append(Append(new_id(), (Part(self.where, None, tuple(entries)),)))
        return await super().append(append)


def _said(command: Command) -> Sequence[CaseEvent]:
    return OPEN.when(command, at=NOW).events


async def contested(times: int) -> Contested:
    log = Contested("cases", at=NOW)
    await process(log).perform(STREAM, opening(), context())
    await process(log).perform(STREAM, promise(), context())
    log.intrusions = times
    return log


async def test_edge_53__a_keep_that_others_overtake_is_tried_again_and_succeeds():
    log = await contested(TRIES - 1)
    performed = await process(log).perform(STREAM, keep(), context())
    assert (performed.version, log.intrusions) == (2 + TRIES, 0)


async def test_edge_53__a_conflict_that_trying_again_does_not_end_is_answered_409():
    log = await contested(TRIES)
    with pytest.raises(Conflict) as conflict:
        await process(log).perform(STREAM, keep(), context())
    problem = problem_of(conflict.value)
    assert (problem.status, problem.slug) == (409, "conflict")
    types = [row.type for row in await log.stream(STREAM)]
    assert types == ["CaseOpened", "FollowUpPromised", *["ResolutionProposed"] * TRIES]


async def test_edge_23__a_lapse_on_touch_happened_at_the_due_whatever_the_command_states(log):
    await log.set_clock(AFTER)
    stated = Context(new_id(), AGENT, correlation=new_id(), occurred_at=BEFORE)
    await process(log).perform(STREAM, keep(occurred_at=BEFORE), stated)
    lapsed, corrected = (await log.stream(STREAM, 0))[-2:]
    assert (lapsed.type, lapsed.occurred_at) == ("CommitmentLapsed", DUE)
    assert (corrected.type, corrected.occurred_at) == ("VerdictCorrected", BEFORE)


@pytest.mark.parametrize("command", [reschedule(), close()])
async def test_edge_36__a_lapse_on_touch_stands_though_the_command_is_refused(log, command):
    await log.set_clock(AFTER)
    asked = context(derived_id("refused"))
    if command == close():
        await process(log).perform(STREAM, promise(commitment=TWO, due=LATER), context())
    before = (await log.head()).position
    for _ in range(2):
        with pytest.raises(NotNow):
            await process(log).perform(STREAM, command, asked)
    (lapsed,) = await log.stream(STREAM, before)
    assert (lapsed.type, lapsed.occurred_at) == ("CommitmentLapsed", DUE)
    assert await log.find(asked.command_id) is None, "a refusal is not recorded"


async def test_edge_37__out_and_in_are_one_append(log):
    other = derived_id("another case")
    performer = process(log)
    await performer.perform(stream(other), opening(case=other), context())
    command = close(commitments=(EndHandedOn(end="handed_on", commitment=ONE, to=other),))
    closing = derived_id("a closing")
    first = await performer.perform(STREAM, command, context(closing))
    assert first.appended
    rows = await log.tail(first.appended.first - 1)
    assert [(row.stream, row.type) for row in rows] == [
        (STREAM, "CommitmentsMovedOut"),
        (STREAM, "CaseClosed"),
        (stream(other), "CommitmentsMovedIn"),
    ]
    again = await process(log).perform(STREAM, command, context(closing))
    assert (again.events, (await log.head()).position) == ((), rows[-1].position)
    _, there = await performer.state(stream(other))
    assert there
    assert list(there.commitments) == [ONE]


async def test_edge_37__what_the_other_case_refuses_closes_nothing(log):
    other = derived_id("another case")
    performer = process(log)
    await performer.perform(stream(other), opening(case=other), context())
    await performer.perform(stream(other), close(case=other), context())
    command = close(commitments=(EndHandedOn(end="handed_on", commitment=ONE, to=other),))
    before = (await log.head()).position
    with pytest.raises(NotNow):
        await performer.perform(STREAM, command, context())
    assert (await log.head()).position == before


async def test_edge_37__a_write_to_the_other_case_between_is_decided_anew():
    other = derived_id("another case")
    log = await contested(0)
    await process(log).perform(stream(other), opening(case=other), context())
    log.where, log.intrusions = stream(other), 2
    command = close(commitments=(EndHandedOn(end="handed_on", commitment=ONE, to=other),))
    await process(log).perform(STREAM, command, context())
    types = [row.type for row in await log.stream(stream(other))]
    assert types == ["CaseOpened", *["ResolutionProposed"] * 2, "CommitmentsMovedIn"]

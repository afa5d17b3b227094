"""A performer seals what is personal as it writes, and opens it as it reads, as long as the key stands."""

import pytest

from events.catalogue import CustomerAnswered, Event
from events.clock import derived_id, new_id
from events.decider import Decider
from events.errors import Rejection
from events.keyring import ERASED, Erased, MemoryKeyring
from events.memory import MemoryLog
from events.perform import Context, Performer
from events.recorded import Recorded
from events.sealed import decoded
from events.sealing import key_id
from events.testing import AGENT

WORDS = "Sáng mai thì tiện"
Answers = Performer[str | None, str | None, CustomerAnswered]
ANSWER: Decider[str | None, str | None, CustomerAnswered] = Decider(
    None,
    lambda _state, words, _asked: [
        CustomerAnswered(
            commitment=derived_id("commitment"),
            case=derived_id("case"),
            revision=number,
            agreed=False,
            words=words,
        )
        for number in (1, 2)
    ],
    lambda _state, event: event.words,
)


class Counted(MemoryKeyring):
    asked = 0

    async def key_for(self, subject: str):  # type: ignore[explicit-override]
        self.asked += 1
        return await super().key_for(subject)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog("notifications")


@pytest.fixture
def keyring() -> Counted:
    return Counted()


def answers(log: MemoryLog, keyring: MemoryKeyring | None) -> Answers:
    return Performer(log, ANSWER, source="notifier", keyring=keyring, subject=lambda stream, _: stream)


def said(read: list[Recorded[Event]]) -> list[str | None]:
    return [each.event.words for each in read if isinstance(each.event, CustomerAnswered)]


async def say(performer: Answers, words: str | None) -> None:
    await performer.perform("answer-1", words, Context(new_id(), AGENT, correlation=new_id()))


async def test_perform__seals_each_event_for_itself_and_another_process_reads_it(log, keyring):
    await say(answers(log, keyring), WORDS)
    rows = await log.tail(0)
    tokens = said(await decoded(rows, None))
    assert len({key_id(str(each)) for each in tokens}) == 1
    assert not any(WORDS.encode() in row.data for row in rows)
    assert said(await decoded(rows, keyring)) == [WORDS, WORDS]
    assert await answers(log, keyring).state("answer-1") == (2, WORDS)


async def test_perform__without_the_keyring_the_words_stay_sealed(log, keyring):
    await say(answers(log, keyring), WORDS)
    _, state = await answers(log, None).state("answer-1")
    assert key_id(str(state)) is not None


async def test_perform__of_who_is_erased_reads_a_constant_and_takes_nothing_personal(log, keyring):
    await say(answers(log, keyring), WORDS)
    await keyring.destroy("answer-1")
    performer = answers(log, keyring)
    assert await performer.state("answer-1") == (2, ERASED)
    with pytest.raises(Erased) as refused:
        await say(performer, WORDS)
    assert isinstance(refused.value, Rejection)
    await say(performer, None)
    assert (await log.head()).position == 4


async def test_perform__nothing_personal_asks_for_no_key(log, keyring):
    await say(answers(log, keyring), None)
    assert keyring.asked == 0
    await say(answers(log, None), None)


async def test_perform__what_is_personal_of_nobody_is_not_written(log, keyring):
    nameless: Answers = Performer(log, ANSWER, source="notifier", keyring=keyring)
    for performer in (nameless, answers(log, None)):
        with pytest.raises(LookupError, match="CustomerAnswered is personal, but of nobody"):
            await say(performer, WORDS)
    assert (await log.head()).position == 0

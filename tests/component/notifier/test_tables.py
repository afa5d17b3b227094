"""What the tables say does not depend on which log was read first, and a rebuild sends nothing."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from events.clock import derived_id, new_id
from events.postgres.scratch import beside, digests
from events.recorded import Recorded
from events.testing import EXAMPLES, NOW, an_id
from events.wire import decode
from notifier import tables
from notifier.projections import Reminding, Settling, Watching
from notifier.rebuild import SCHEMA, TABLES
from notifier.registers import Knowing

from .replica import SECRET, replica
from .scene import DUE, SECOND, by_hook, by_mail, event, promised, reminder
from .sinks import replying, status

DUE_BESIDE = "SELECT due, next FROM pg_temp.kept_due()"


@pytest.fixture
async def story(dsn, ledger, smtp, hook):
    """A replica that has sent, failed, suppressed, and put off."""
    kept, sent, handed, waiting, lost = (new_id() for _ in range(5))
    for commitment in (kept, sent, handed, waiting, lost):
        ledger.says(commitment, told_due=DUE)
    ledger.says(kept, state="kept")
    ledger.says(lost, owner="nobody")
    async with replica(dsn, ledger, smtp=smtp) as one:
        await one.hear(EXAMPLES["OwnerChanged"], stream="owner-agent")
        await by_hook(one, hook.url, kept, sent, handed, waiting)
        await one.hear(promised(lost, owner="nobody"))
        await one.remind(reminder(lost))
        await one.outcomes(1)
        await one.hear(event("CommitmentKept", kept))
        await one.remind(reminder(kept), reminder(sent))
        await one.outcomes(3)
        hook.reply = replying(status(503))
        await one.remind(reminder(waiting))
        ledger.says(handed, owner="mai")
        await one.hear(event("CommitmentHandedOver", handed))
        await one.outcomes(5)
        assert await one.at_rest() == NOW + SECOND
        yield one


async def fold(connection, *batches):
    for projection, rows in batches:
        for row in rows:
            async with connection.transaction():
                await projection.apply(connection, [row])


async def test_states__are_all_there(story):
    counts = await tables.counts(story.pool)
    assert counts == {"failed": 2, "sent": 1, "suppressed": 3, "pending": 2}


async def test_rebuild__gives_the_same_tables_whichever_log_comes_first(story, dsn):
    cases, reminders = (Watching(), story.cases), (Reminding(), story.reminders)
    own = (Settling(), await story.settled())
    async with beside(dsn, SCHEMA) as connection:
        live = await digests(connection, TABLES.columns, live=True)
        assert [digest.rows for digest in live.values()] == [5, 1, 1, 0, 0, 0, 8]
        for order in (
            [cases, reminders, own],
            [own, reminders, cases],
            [reminders, own, cases, reminders, cases, own],
        ):
            await connection.execute("DISCARD TEMP")
            await connection.execute(SCHEMA)
            await fold(connection, *order)
            assert await digests(connection, TABLES.columns, live=False) == live


async def test_rebuild__agrees_on_a_reminder_passed_on(one, dsn, ledger, hook, commitment):
    await by_hook(one, hook.url, commitment)
    await one.remind(reminder(commitment), at=NOW + SECOND)
    await one.reached("mai", webhook=hook.url, secret=SECRET)
    ledger.says(commitment, owner="mai")
    await one.hear(event("CommitmentHandedOver", commitment))
    await one.set_clock(NOW + SECOND)
    await one.outcomes(3)
    await one.at_rest()
    cases, reminders, own = (
        (Watching(), one.cases),
        (Reminding(), one.reminders),
        (Settling(), await one.settled()),
    )
    async with beside(dsn, SCHEMA) as connection:
        live = await digests(connection, TABLES.columns, live=True)
        await fold(connection, cases, reminders, own)
        assert await digests(connection, TABLES.columns, live=False) == live


async def test_rebuild__has_nothing_to_send_but_what_was_pending(story, dsn):
    own = (Settling(), await story.settled())
    async with beside(dsn, SCHEMA) as connection:
        await fold(connection, (Watching(), story.cases), (Reminding(), story.reminders), own)
        (row,) = await connection.fetch(DUE_BESIDE)
        assert (row["due"], row["next"]) == (2, None)


async def test_a_batch__gives_the_same_as_one_by_one(story, dsn):
    async with beside(dsn, SCHEMA) as connection:
        await fold(connection, (Watching(), story.cases))
        one_by_one = await digests(connection, TABLES.columns, live=False)
        await connection.execute("DISCARD TEMP")
        await connection.execute(SCHEMA)
        async with connection.transaction():
            await Watching().apply(connection, story.cases)
        assert await digests(connection, TABLES.columns, live=False) == one_by_one


async def test_an_old_record_again__changes_nothing(story, dsn):
    async with beside(dsn, SCHEMA) as connection:
        await fold(connection, (Watching(), story.cases))
        once = await digests(connection, TABLES.columns, live=False)
        for row in story.cases:
            await fold(connection, (Watching(), [row]))
            assert await digests(connection, TABLES.columns, live=False) == once


async def test_due__says_when_the_next_attempt_is(story):
    assert await story.due() == (0, NOW + SECOND)
    await story.set_clock(NOW + SECOND)
    assert await story.at_rest() == NOW + 3 * SECOND


async def test_service_role__cannot_change_the_log(story, dsn):
    connection = await asyncpg.connect(dsn)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM event")
    finally:
        await connection.close()


async def test_rebuild__agrees_on_letters_for_several_on_customers_and_on_what_was_seen(one, dsn, ledger):
    both, moved = [new_id(), new_id()], new_id()
    for each in (*both, moved):
        ledger.says(each, told_due=DUE)
    await by_mail(one, *both, moved)
    await one.remind(*map(reminder, both))
    (delivery, *_) = [UUID(each.entity) for each in await one.outcomes(2)]
    await one.at_rest()
    assert await one.desk.take_note(await tables.named_in(one.pool, digest_of(await one.settled()))) == "done"
    case = f"case-{derived_id('case', moved)}"
    opened = EXAMPLES["CaseOpened"].model_copy(update={"customer": an_id("mai")})
    await one.hear(opened, stream=case)
    await one.meet(an_id("mai"), EXAMPLES["CustomerRegistered"])
    ledger.says(moved, revision=2)
    await one.hear(event("CommitmentRescheduled", moved, was=DUE, told_due=DUE), actor="agent")
    settled = [each.event for each in await one.outcomes(4)]
    assert [each.notice for each in settled[2:]] == ["rescheduled_customer", "tell_customer"]
    await one.at_rest()
    own = [
        Recorded(found.event, found.metadata, row) for row in await one.log.tail(0) if (found := decode(row))
    ]
    folds = [
        (Watching(), one.cases),
        (Reminding(), one.reminders),
        (Knowing(), one.contacts),
        (Settling(), own),
    ]
    async with asyncio.timeout(5):
        while not await one.pool.fetchval(ACKNOWLEDGED, delivery):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    async with beside(dsn, SCHEMA) as connection:
        live = await digests(connection, TABLES.columns, live=True)
        assert [digest.rows for digest in live.values()] == [3, 1, 0, 1, 1, 0, 4]
        for order in (folds, folds[::-1]):
            await connection.execute("DISCARD TEMP")
            await connection.execute(SCHEMA)
            await fold(connection, *order)
            assert await digests(connection, TABLES.columns, live=False) == live


ACKNOWLEDGED = "SELECT acknowledged_at IS NOT NULL FROM delivery_v1 WHERE id = $1"


def digest_of(settled):
    (digest,) = {each.event.digest for each in settled}
    return digest

"""A log restored to an older state, kept: it becomes another log, and everybody goes on from what stands."""

import pytest

from events.adoption import AtWork, adopt
from events.cli.keep import adopt_log, relay_from_start, report
from events.cli.place import Installation
from events.errors import Fault, LogDiverged
from events.recorded import Stored
from tests.line import Line, Tally, running, tallied, until


async def followed(line, *subscriptions):
    relay, head = line.relay(), (await line.log.head()).position
    async with running(relay.run(), *(each.run() for each in subscriptions)):
        await until(lambda: relay.position == head)
        for each in subscriptions:
            assert await each.passed(head, 30)


async def restored(line: Line) -> None:
    """Let all be read, then take the log back to 20 and write something else."""
    await line.append(30)
    await followed(line, line.by_topic(), line.by_log())
    await line.cut(20)
    await line.as_superuser(  # the backup held the service's tables too
        "update cursor set position = 20, hash = (select hash from event where position = 20)"
    )
    await line.reopen()
    await line.append(4, prefix="other")


async def adopted(line: Line):
    parts = line.parts.postgres
    kept: list[Stored] = []
    followers = {"follower": parts.database(line.following)}
    done = await adopt(parts.database(line.database), followers, line.bootstrap, line.topic, keep=kept.extend)
    assert tuple(kept) == done.lost
    return done


async def test_adopt__gives_the_log_another_id_and_names_what_is_lost(line):
    await restored(line)
    was = line.log.log_id
    done = await adopted(line)
    await line.reopen()
    assert line.log.log_id == done.log_id != was
    assert (done.agreed, [row.position for row in done.lost]) == (20, list(range(21, 31)))
    assert done.set_back == {"follower": ("tally",)}
    assert await line.records() == []
    said = "\n".join(report(done))
    assert "Lost" in said
    assert "cases@21 " in said
    assert "python -m follower rebuild" in said


async def test_edge_31__confirmed_relay_and_followers_go_on_with_the_log_that_was_kept(line):
    await restored(line)
    with pytest.raises(LogDiverged):
        await line.relay().run()
    await adopted(line)
    await line.reopen()
    await line.as_superuser(
        "truncate tally_v1; update cursor set position = 0, hash = '\\x00'", following=True
    )
    own = line.by_log(Tally("own"))
    await line.as_superuser("delete from tally_v1")
    await followed(line, line.by_topic(), own)
    rows = await line.rows()
    assert [row.position for row in await line.relayed()] == list(range(1, 25))
    assert {row.log_id for row in await line.relayed()} == {line.log.log_id}
    assert await line.tally() == await line.tally(line.pool) == tallied(rows)


async def test_adopt__a_follower_that_was_behind_keeps_its_place(line):
    await line.append(10)
    await followed(line, line.by_topic())
    await line.append(20)
    await followed(line)
    await line.cut(20)
    done = await adopted(line)
    await line.reopen()
    assert done.set_back == {}
    await followed(line, line.by_topic())
    assert await line.taken() == list(range(1, 21))


async def test_adopt__again_after_it_broke_off__comes_to_the_same(line):
    await restored(line)
    await adopted(line)
    again = await adopted(line)
    assert (again.agreed, again.lost, again.set_back) == (0, (), {})
    await line.reopen()
    assert again.log_id == line.log.log_id


async def test_adopt__again_under_the_same_name_for_what_is_lost__refuses_and_leaves_the_file(line, tmp_path):
    await restored(line)
    parts, lost = line.parts.postgres, tmp_path / "lost.jsonl"
    databases = {"cases": parts.database(line.database), "follower": parts.database(line.following)}
    place = Installation(databases, line.bootstrap, {"cases": line.topic}, {}, "")
    await adopt_log(place, "cases", lost)
    kept = lost.read_text()
    with pytest.raises(Fault, match=r"lost.jsonl is there already, and is not overwritten"):
        await adopt_log(place, "cases", lost)
    assert lost.read_text() == kept
    assert len(kept.splitlines()) == 10


async def test_relay_from_start__fills_a_topic_whose_records_were_deleted(line, capsys):
    await line.append(15)
    await followed(line)
    await line.delete_records(15)
    dsn = line.parts.postgres.database(line.database)
    place = Installation({"cases": dsn}, line.bootstrap, {"cases": line.topic}, {}, "")
    await relay_from_start(place, "cases")
    assert [row.position for row in await line.relayed()] == list(range(1, 16))
    assert "holds cases up to 15" in capsys.readouterr().out


async def test_adopt__while_a_service_runs__refuses(line):
    await line.append(5)
    async with running(line.relay().run()):
        await until(lambda: relaying(line))
        with pytest.raises(AtWork, match="relay cases"):
            await adopted(line)


async def relaying(line):
    return bool(await line.pool.fetchval("select count(*) from lease"))

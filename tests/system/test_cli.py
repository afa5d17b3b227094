"""`events tail` and `events parked` on a real installation, and what they say where there is none."""

import asyncio
import json

import pytest

from events.cli.__main__ import parser, work
from events.cli.place import installation
from events.feed import to_json
from events.postgres import connect
from events.postgres.parked import Unfit, park
from events.testing import EXAMPLES

from .installed import Installed, run


async def said(installed: Installed, capsys, *arguments: str) -> list[str]:
    """Return what the command line prints, in this process."""
    await work(parser().parse_args(arguments), installed.place)
    printed: str = capsys.readouterr().out
    return printed.splitlines()


async def test_tail__prints_a_line_for_each_event_after_a_position(installed, capsys):
    rows = await installed.rows("cases")
    lines = await said(installed, capsys, "tail", "cases")
    assert len(lines) == len(rows)
    assert lines[0].startswith("cases@1 ")
    assert "OwnerChanged by agent" in lines[0]
    assert await said(installed, capsys, "tail", "cases", "--after", str(len(rows) - 2)) == lines[-2:]


async def test_tail__as_json__has_the_exact_bytes(installed, capsys):
    rows = await installed.rows("scheduler")
    lines = await said(installed, capsys, "tail", "reminders", "--json")
    assert [json.loads(line) for line in lines] == [to_json(row) for row in rows]


async def test_tail__of_what_cannot_be_read__says_so_and_goes_on(installed, capsys):
    async with installed.copy("cases") as copy:
        await copy.sql("cases", "UPDATE event SET data = '[' WHERE position = 2")
        lines = await said(copy, capsys, "tail", "cases")
    assert len(lines) == len(await installed.rows("cases"))
    assert "cannot be read: " in lines[1]


async def test_tail__following__prints_what_comes(installed, capsys):
    async with installed.copy("cases") as copy:
        last = len(await installed.rows("cases"))
        asked = parser().parse_args(["tail", "cases", "--follow", "--after", str(last)])
        following = asyncio.ensure_future(work(asked, copy.place))
        await copy.append("cases", "owner-eve", EXAMPLES["OwnerChanged"])
        printed = ""
        async with asyncio.timeout(20):
            while not printed:
                await asyncio.sleep(0.05)  # it prints when it has heard
                printed = capsys.readouterr().out
        following.cancel()
        await asyncio.wait({following})
    assert printed.startswith(f"cases@{last + 1} ")


async def test_parked__is_listed_shown_and_hurried(installed, capsys):
    rows = [row for row in await installed.rows("cases") if row.stream.startswith("case-")]
    stream = rows[0].stream
    waiting = [row for row in rows if row.stream == stream]
    unfit = [Unfit(waiting[0], "LookupError: no\nsuch thing"), *(Unfit(row) for row in waiting[1:])]
    async with installed.copy() as copy:
        assert await said(copy, capsys, "parked", "list") == [
            f"{service}: nothing is parked" for service in ("intake", "cases", "scheduler", "notifier")
        ]
        pool = await connect(copy.site.databases["scheduler"], application="test")
        async with pool, pool.acquire() as connection:
            await park(connection, "timers", unfit)
        listed = await said(copy, capsys, "parked", "list", "scheduler")
        shown = await said(copy, capsys, "parked", "show", "scheduler", "timers", stream)
        retried = await said(copy, capsys, "parked", "retry", "scheduler", "timers", stream)
        assert await copy.value("scheduler", "SELECT bool_and(retry_at <= clock_timestamp()) FROM parked")
        assert await said(copy, capsys, "parked", "retry", "cases") == ["cases: nothing is parked there"]
        absent = await said(copy, capsys, "parked", "show", "scheduler", "timers", "case-none")
    rows_of_it = f"{len(waiting)} rows from {waiting[0].position}"
    assert listed == [f"scheduler: timers {stream}: {rows_of_it}, tried 1 time: LookupError: no such thing"]
    assert shown[0] == listed[0]
    assert [line.split()[0] for line in shown[1:]] == [f"cases@{row.position}" for row in waiting]
    assert retried == ["scheduler: 1 stream is tried again within seconds"]
    assert absent == ["scheduler: timers has not parked case-none"]


@pytest.mark.parametrize("content", [None, "{", "{}", "[]", '{"databases": {}}'])
def test_stack__missing_or_another_file__is_told_in_one_sentence(tmp_path, capsys, content):
    path = tmp_path / "stack.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SystemExit) as ended:
        installation(path)
    told = capsys.readouterr().err.splitlines()
    assert (ended.value.code, len(told)) == (2, 1)
    assert str(path) in told[0]
    assert "--stack" in told[0]


@pytest.mark.parametrize(
    "arguments",
    [(), ("tail",), ("tail", "nothing"), ("parked",), ("parked", "show", "cases"), ("verify", "--journal")],
)
def test_parser__what_it_does_not_know__ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(arguments)
    assert ended.value.code == 2
    assert "usage: events" in capsys.readouterr().err


async def test_verify__with_a_journal_that_is_none__is_told_in_one_sentence(installed, tmp_path):
    stack, journal = str(installed.stack(tmp_path)), tmp_path / "stack.json"
    ran = await run("events.cli", "--stack", stack, "verify", "--journal", str(journal))
    assert (ran.status, ran.out, len(ran.err)) == (2, [], 1)
    assert f"{journal} is not a journal" in ran.err[0]

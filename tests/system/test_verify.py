"""`events verify` on an installation at rest: all holds, and with faults of every kind each is named."""

import re

import pytest

from events.cli.check import of_journal, read_lines
from events.testing import EXAMPLES

from .installed import broken, run

IDS = ["I1", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "I13", "I14", "I15", "I24"]
LINE = re.compile(r"I\d+ +ok: \D*\d.*")
"""One that begins with its id and has a count."""


async def test_verify__of_what_was_played__holds(installed, tmp_path):
    ran = await run(
        *("events.cli", "--stack", str(installed.stack(tmp_path))),
        *("verify", "--journal", str(installed.journal)),
    )
    assert (ran.status, broken(read_lines("\n".join(ran.out))), ran.err) == (0, {}, [])
    assert all(LINE.fullmatch(line) for line in ran.out), ran.out
    ids = [line.split()[0] for line in ran.out]
    assert list(dict.fromkeys(ids)) == IDS
    (first,) = [line for line in ran.out if line.startswith("I1 ")]
    assert first == "I1  ok: 34 acknowledged commands, each in its log"
    (last,) = [line for line in ran.out if line.startswith("I24")]
    assert "10 made = 2 kept, 1 kept_late, 2 lapsed, 3 open, 1 released, 1 withdrawn" in last


async def test_verify__with_a_fault_of_each_kind__names_each_and_ends_with_1(installed, tmp_path):
    journal = tmp_path / "journal.jsonl"
    journal.write_text(installed.journal.read_text().replace('"key":"', '"key":"x'))
    async with installed.copy() as copy:
        await copy.sql("intake", "DELETE FROM contact_v1 WHERE position = 5")
        await copy.sql("scheduler", "DELETE FROM timer_v1 WHERE name = 'due'")
        await copy.sql("notifier", "UPDATE event SET data = data || ' ' WHERE position = 3")
        at = await copy.append("cases", "case-x", EXAMPLES["CommitmentReleased"])
        ran = await run(
            *("events.cli", "--stack", str(copy.stack(tmp_path))), *("verify", "--journal", str(journal))
        )
    assert ran.status == 1
    found = broken(read_lines("\n".join(ran.out)))
    assert found.keys() >= {"I1", "I4", "I5", "I6", "I8", "I15", "I24"}
    assert "notifications@3" in found["I15"]
    assert f"cases@{at} (CommitmentReleased)" in found["I24"]


async def test_verify__without_a_journal__says_so(installed):
    finding = await of_journal(installed.place, None)
    assert finding.line() == "I1  ok: not checked: no --journal was given"


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('"key":"', '"key":"x', "was acknowledged at {}, but"),
        ('"caller":"agent"', '"caller":"mallory"', "was acknowledged at {}, but"),
        ('"position":"cases@', '"position":"cases@1', "was told 1{}, but its last event is at {}"),
    ],
)
async def test_i1__of_a_command_that_is_not_where_it_was_told__names_it(
    installed, tmp_path, was, becomes, says
):
    lines = installed.journal.read_text().splitlines()
    number, line = next(
        (number, line) for number, line in enumerate(lines) if '"ok"' in line and '"position":"cases@' in line
    )
    lines[number] = line.replace(was, becomes)
    (tmp_path / "journal.jsonl").write_text("\n".join(lines))
    finding = await of_journal(installed.place, tmp_path / "journal.jsonl")
    assert not finding.holds
    told = re.search(r'"cases@(\d+)"', line)
    assert told is not None
    assert says.format(told[1], told[1]) in finding.says

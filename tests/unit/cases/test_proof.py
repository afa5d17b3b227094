"""A verdict come to again from its proof alone: the same, and any lie is named."""

import asyncio
import copy
import json
import subprocess
import sys
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from cases import proof, proving
from cases.case import Case, CaseEvent, Command, happened, stream, subject
from cases.due import ByEndOfDay, ByWallTime, WithinBusiness, WithinMonths
from cases.proof_reads import gathered
from cases.setting import Setting
from events import feed
from events.catalogue import CalendarPublished, Event, PolicyPublished
from events.clock import derived_id
from events.decider import Actor
from events.errors import Undecodable
from events.keyring import MemoryKeyring
from events.log import Append, Entry, Part
from events.memory import MemoryLog
from events.perform import Context, Performer
from events.recorded import Metadata
from events.testing import AGENT, LEAD
from events.wire import chain_hash, content_hash, encode

from .scene import (
    A_CASE,
    AIM,
    BOOK,
    CALL,
    CASE,
    DESK,
    IF,
    ONE,
    SOON,
    TWO,
    condition_met,
    contact,
    correct,
    end_wait,
    fell_due,
    keep,
    keep_part,
    name_due,
    opening,
    promise,
    recompute,
    release,
    reschedule,
    wait,
)
from .test_edges_clocks import MONDAY, NEWER, TUESDAY, berlin

NINE = berlin(f"{MONDAY}T09:00")
NOON = berlin(f"{MONDAY}T12:00")
NEXT = promise(commitment=TWO, due=berlin("2026-12-01T10:00"))
Steps = list[tuple[Command, datetime]]
ANNOUNCED = Setting(policy="desk@3", calendar="berlin@1", zone="Europe/Berlin")
END_OF_DAY = {"due": ByEndOfDay(end_of_day="customer"), "setting": DESK}
STORIES: dict[str, Steps] = {
    "kept": [(promise(due=NOON), NINE), (keep(), NOON)],
    "kept late": [(promise(due=NOON), NINE), (keep(), NOON + timedelta(hours=1))],
    "lapsed": [(promise(due=NOON), NINE), (fell_due(due=NOON), NOON + timedelta(minutes=1))],
    "late evidence": [
        (promise(due=NOON), NINE),
        (fell_due(due=NOON), NOON + timedelta(minutes=1)),
        (correct(occurred_at=NINE + timedelta(hours=1)), NOON + timedelta(hours=2)),
    ],
    "released": [(promise(due=NOON), NINE), (release(), NINE)],
    "rescheduled, not told": [
        (promise(due=NOON, setting=DESK), NINE),
        (reschedule(due=WithinBusiness(within_business=timedelta(hours=9))), NINE),
        (fell_due(due=NOON), NOON + timedelta(minutes=1)),
    ],
    "rescheduled and told": [
        (promise(due=WithinMonths(months=1)), NINE),
        (reschedule(due=ByWallTime(wall_time=datetime.fromisoformat("2026-12-24T10:00"))), NINE),
        (contact(tells=2, at=NINE), NINE),
    ],
    "end of day": [(promise(**END_OF_DAY), NINE), (keep(), NOON)],
    "parts": [(promise(due=NOON, parts=3), NINE), (keep_part(), NINE), (keep(), NOON)],
    "soon": [(promise(**SOON), NINE), (name_due(due=NOON), NINE), (keep(), NOON)],
    "soon, and done": [(promise(**SOON), NINE), (keep(), NOON)],
    "dormant": [(promise(**IF, setting=DESK), NINE), (condition_met(), NOON)],
    "announced": [(promise(**AIM | {"setting": ANNOUNCED}), NINE), (keep(), NOON)],
    "waited": [
        (NEXT, NINE),
        (promise(**AIM), NINE),
        (wait(), NOON),
        (end_wait(), berlin(f"{TUESDAY}T10:00")),
        (keep(), berlin(f"{TUESDAY}T15:00")),
    ],
    "kept while it waits": [(NEXT, NINE), (promise(**AIM), NINE), (wait(), NOON), (keep(), NOON)],
    "recomputed": [(promise(**AIM), NINE), (recompute(setting=NEWER), berlin(f"{MONDAY}T11:00"))],
    "after the fact": [
        (promise(due=NINE, backfill=True, said_at=NINE - timedelta(days=1), kept_at=NINE), NOON)
    ],
}


async def proof_of(story: str) -> dict[str, Any]:
    log = await published()
    performer: Performer[Case | None, Command, CaseEvent]
    keyring = MemoryKeyring()
    performer = Performer(log, CASE, source="cases", happened=happened, keyring=keyring, subject=subject)
    for number, (command, at) in enumerate([(opening(), NINE), *STORIES[story]]):
        await log.set_clock(at)
        by: Actor = LEAD if "recompute" in type(command).__name__.lower() else AGENT
        id_ = derived_id("a step of", story, number)
        await performer.perform(stream(A_CASE), command, Context(id_, by, correlation=id_))
    found = await gathered(log, A_CASE, ONE)
    made: dict[str, Any] = json.loads(json.dumps(found, default=str))
    return made


async def published() -> MemoryLog:
    """Return a log in which the calendars and policies are published that the book of the tests holds."""
    log = MemoryLog("cases", at=NINE - timedelta(days=2))
    metadata = Metadata(actor="lead", correlation=CALL).model_dump_json().encode()
    weekly = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("09:00", "17:00"),))
    said: list[tuple[str, Event]] = [
        ("calendar-berlin", CalendarPublished(name="berlin", version=1, zone="Europe/Berlin", weekly=weekly)),
        *(
            ("policy-desk", PolicyPublished(name="desk", version=n, says=BOOK.policy(f"desk@{n}").says))
            for n in (1, 2, 3)
        ),
    ]
    for name, event in said:
        part = Part(name, None, (Entry(*encode(event), metadata, NINE),))
        await log.append(Append(derived_id("published", name, event.model_dump_json()), (part,)))
    return log


@pytest.mark.parametrize("story", STORIES)
async def test_prove__the_same(story: str):
    assert proof.prove(await proof_of(story)) == []


def lie(found: dict[str, Any], kind: str, **fields: Any) -> dict[str, Any]:
    """Return the proof with other words in an event, hashed anew as if it had been written so."""
    told = copy.deepcopy(found)
    item = next(each for each in told["items"] if each["type"] == kind)
    said = json.loads(b64decode(item["data"])) | fields
    item["data"] = b64encode(json.dumps(said).encode()).decode()
    row = feed.from_json(item)
    content = content_hash(
        row.stream, row.event_id, row.type, row.schema, row.data, row.metadata, row.occurred_at
    )
    previous = bytes.fromhex(item["previous"])
    item["content"] = content.hex()
    item["hash"] = chain_hash(previous, row.position, row.version, row.recorded_at, content).hex()
    return told


@pytest.mark.parametrize(
    ("story", "kind", "fields", "named"),
    [
        ("kept", "FollowUpPromised", {"rule": {"kind": "instant", "at": "2026-11-02T10:00:00Z"}}, "due"),
        ("kept", "CommitmentKept", {"verdict": "kept_late"}, "verdict"),
        ("kept late", "CommitmentKept", {"verdict": "kept"}, "verdict"),
        ("kept late", "CommitmentLapsed", {"at": "2026-11-02T10:30:00Z"}, "at"),
        ("late evidence", "VerdictCorrected", {"at": "2026-11-02T11:30:00Z"}, "in time"),
        ("announced", "FollowUpPromised", {"due": "2026-11-02T16:00:00Z"}, "due"),
        ("recomputed", "CommitmentRecomputed", {"due": "2026-11-02T13:00:00Z"}, "due"),
        ("dormant", "CommitmentDated", {"due": "2026-11-03T13:00:00Z"}, "due"),
        ("end of day", "FollowUpPromised", {"due": "2026-11-02T17:00:00Z"}, "due"),
    ],
)
async def test_prove__a_lie_that_was_hashed_is_named_all_the_same(story, kind, fields, named):
    differences = proof.prove(lie(await proof_of(story), kind, **fields))
    assert any(kind in each.what and named in each.what for each in differences), differences


async def test_prove__a_wait_that_gave_away_time_is_named():
    found = await proof_of("waited")
    item = next(each for each in found["items"] if each["type"] == "WaitEnded")
    resumed = json.loads(b64decode(item["data"]))["resumed"]
    resumed[0]["due"] = "2026-11-04T15:00:00Z"
    differences = proof.prove(lie(found, "WaitEnded", resumed=resumed))
    assert next(each.what.rpartition(" ")[2] for each in differences) == "due"


async def test_prove__a_changed_byte_is_named():
    found = await proof_of("kept")
    item = found["items"][0]
    item["data"] = b64encode(b64decode(item["data"]).replace(b"kept:1:", b"kept:2:")).decode()
    assert [each.what for each in proof.prove(found)] == [f"cases@{item['position']}, content"]


async def test_prove__a_claim_that_does_not_follow_is_named():
    found = await proof_of("kept late")
    found["claims"]["state"] = "kept"
    (difference,) = proof.prove(found)
    assert (difference.what, difference.claimed, difference.computed) == ("state", "kept", "kept_late")


@pytest.mark.parametrize("left_out", ["items", "claims", "rules", "zone"])
async def test_prove__what_leaves_something_out_is_no_proof(left_out):
    found = await proof_of("announced")
    del found[left_out]
    with pytest.raises(Undecodable):
        proof.prove(found)


async def test_prove__without_the_calendar_it_pins_it_is_no_proof():
    found = await proof_of("announced")
    found["rules"] = []
    with pytest.raises(Undecodable):
        proof.prove(found)


async def test_command__says_same_or_the_difference_or_that_it_is_none(capsys):
    found = await proof_of("waited")
    assert proving.run([], StringIO(json.dumps(found))) == 0
    assert capsys.readouterr().out == "same\n"
    found["claims"]["state"] = "lapsed"
    assert proving.run([], StringIO(json.dumps(found))) == 1
    assert capsys.readouterr().out == "state: claimed lapsed, computed kept\n"
    assert proving.run([], StringIO("{}")) == 2
    assert "no proof" in capsys.readouterr().err


def test_command__is_run_by_its_name():
    sent = json.dumps(asyncio.run(proof_of("kept")))
    command = [sys.executable, "-m", "cases", "prove"]
    said = subprocess.run(command, input=sent, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "same\n")

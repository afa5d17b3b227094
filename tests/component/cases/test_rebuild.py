"""The tables of cases folded anew: equal to the live ones, and a difference is found."""

from dataclasses import replace

import asyncpg

from cases.rebuild import rebuild_tables, verify_tables
from events.service import refold

from .desk import Desk


async def play(cases: Desk) -> str:
    case = await cases.case()
    one = (await cases.promise(case)).json()["id"]
    await cases.promise(case)
    last = await cases.post(f"/v1/cases/{case}/commitments/{one}/keep", {})
    await cases.read("/v1/commitments", last)
    return case


async def as_superuser(cases: Desk, query: str) -> None:
    connection = await asyncpg.connect(cases.site.databases["cases"])
    try:
        await connection.execute(query)
    finally:
        await connection.close()


async def test_verify__holds_and_names_a_planted_fault(cases):
    await play(cases)
    whole = await verify_tables(cases.parts)
    assert whole.ok, whole.lines
    assert {line.split()[0] for line in whole.lines} >= {"I5", "I6", "I7", "I13", "I24"}
    await as_superuser(cases, "UPDATE commitment_v1 SET owner = 'mallory' WHERE state = 'kept'")
    broken = await verify_tables(cases.parts)
    assert not broken.ok
    assert any("commitment_v1" in line for line in broken.lines)


async def test_verify__holds_where_a_lapse_was_taken_back(cases):
    await rebuild_tables(cases.parts)
    case = await cases.case()
    made = (await cases.promise(case)).json()
    path = f"/v1/cases/{case}/commitments/{made['id']}"
    moved = {"due": {"within": "PT20H"}, "reason": "The part is late."}
    await cases.post(f"{path}/reschedule", moved)
    after = await cases.fell_due(case, made["id"], 2, made["due"])
    shown = (await cases.get(f"/v1/cases/{case}", kept_after=after, prefer="wait=10")).json()
    assert [each["state"] for each in shown["commitments"]] == ["lapsed"]
    told = {"direction": "outbound", "customer": shown["customer"], "words": "Hello.", "outcome": "reached"}
    serves = [{"case": case, "commitment": made["id"], "tells": 2}]
    _, after = await cases.contact({**told, "case": case, "serves": serves})
    await cases.get("/v1/commitments", kept_after=after, prefer="wait=10")
    whole = await verify_tables(cases.parts)
    assert whole.ok, whole.lines
    lines = (await rebuild_tables(cases.parts)).lines
    assert (await rebuild_tables(cases.parts)).lines == lines


async def test_rebuild__mends_the_tables_and_twice_is_the_same(cases):
    await play(cases)
    await as_superuser(cases, "DELETE FROM commitment_v1; UPDATE case_v1 SET state = 'closed'")
    first = await rebuild_tables(cases.parts)
    assert (await rebuild_tables(cases.parts)).lines == first.lines
    assert (await verify_tables(cases.parts)).ok


async def test_rebuild__by_another_process_while_the_service_runs__is_refused(cases, monkeypatch):
    monkeypatch.setattr(refold, "LEASE_SECONDS", 0.1)
    await play(cases)
    refused = await rebuild_tables(replace(cases.parts, holder="another"))
    assert (refused.ok, refused.lines) == (
        False,
        [f"cases: not rebuilt: {cases.parts.holder} runs; stop the service first"],
    )

"""The words of a case stand sealed in its log and topic; those of a contact are asked of intake."""

import asyncio

from events.kafka.dump import dump
from events.recorded import Stored
from events.sealing import MARK

from .desk import Desk

WORDS = "Canary: wo bleibt mein Paket?"


async def settled(cases: Desk, path: str, after: str):
    answer = await cases.get(path, kept_after=after, prefer="wait=10")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_words__are_read_by_people_and_sealed_everywhere_else(cases):
    customer, _ = await cases.customer()
    came, after = await cases.contact({"customer": customer, "words": WORDS})
    case = came["case"]
    assert (await settled(cases, f"/v1/cases/{case}", after))["subject"] == WORDS
    last = await cases.promise(case, words=WORDS)
    shown = await settled(cases, f"/v1/cases/{case}/history", last.headers["kept-position"])
    assert [each["data"].get("subject") or each["data"].get("words") for each in shown["items"]] == [
        WORDS
    ] * 2
    (commitment,) = (await settled(cases, f"/v1/cases/{case}", after))["commitments"]
    assert commitment["words"] == WORDS
    proof = await cases.get(f"/v1/commitments/{commitment['id']}/proof")
    assert WORDS not in proof.text
    rows = await cases.parts.log.stream(f"case-{case}")
    assert len(rows) == 2
    assert all(MARK.encode() in row.data and WORDS.encode() not in row.data for row in rows)
    for log in ("contacts", "cases"):
        found = await _dumped(cases, log)
        assert found
        assert not [row for row in found if b"Canary" in row.data + row.metadata]


async def _dumped(cases: Desk, log: str) -> list[Stored]:
    """Return what the topic of a log holds, once the relay has brought something there."""
    bootstrap, topic = cases.site.broker.bootstrap, cases.site.topics[log]
    found: list[Stored] = []
    async with asyncio.timeout(20):
        while not found:
            found = [row async for _, row in dump(bootstrap, log, topic) if isinstance(row, Stored)]
    return found

"""A play in which every personal field of the catalogue says something that can be found again."""

import re
from mailbox import Maildir
from pathlib import Path

import httpx

from events.driver import Driver
from tests.component.notifier.conftest import text

from .small_desk import START, Play

MARK = "qz7canary"
"""Stands in everything personal that is said, and in nothing else."""
ANSWER = re.compile(r"(http\S+/v1/answers/[^\s?]+)\?suits=no")


def mark(what: str) -> str:
    """Return words that name their field, so that a find says what leaked."""
    return f"{MARK} {what}"


async def play(driver: Driver, letters: Path, client: httpx.AsyncClient) -> str:
    """Play it until nothing moves; return the customer."""
    await driver.to(START)
    await people(driver)
    body = {"zone": "UTC", "name": mark("name"), "address": f"{MARK}.first@example.test", "source": "shop"}
    customer = await driver.post("intake", "/v1/customers", {**body, "reference": mark("reference")})
    changed = {"name": mark("changed name"), "address": f"{MARK}.changed@example.test"}
    await driver.patch("intake", f"/v1/customers/{customer.id}", changed, etag=customer.etag)
    said = Play(driver, customer.id)
    asked = await said.contact(mark("contact"), source="phone", reference=mark("contact reference"))
    await driver.settle()
    case = asked.body["case"]
    out = {"direction": "outbound", "outcome": "reached", "case": case, "source": "phone"}
    await said.contact(mark("outbound"), **out, reference=mark("outbound reference"))
    await promises(said, case, asked.id)
    await letter(said, case, letters, client)
    await another_case(driver, customer.id)
    await driver.settle()
    return customer.id


async def people(driver: Driver) -> None:
    """Register an owner who is reached in every way, with secrets that were changed, and a subscriber."""
    for name in ("agent", "lead"):
        await driver.put("cases", f"/v1/owners/{name}", {"zone": "UTC"})
    for number in range(2):
        secret = f"whsec_{MARK}{number:0>23}"
        ways = {"email": f"{MARK}.agent@example.test", "chat": f"slack://{MARK}A/B/C"}
        hook = {"webhook": f"https://{MARK}.example/hook", "secret": secret, "order": ["email"]}
        listed = {"url": f"https://{MARK}.example/board", "secret": secret, "on": ["kept"], "active": False}
        for path, body in (("recipients/agent", ways | hook), ("subscribers/board", listed)):
            await driver.put("notifier", f"/v1/{path}", body, etag="*" if number else None)


async def promises(said: Play, case: str, contact: str) -> None:
    """Make a promise for each thing that can be said of one, and say it."""
    words = {"words": mark("words")}
    proof = {"evidence": {"words": mark("evidence"), "record": mark("record")}}
    kept, parts, lapsed, given, declined, doubled, waited = [
        await said.promise(case, hours, parts=2, **words) for hours in (9, 9, 1, 9, 9, 9, 30)
    ]
    condition = {"words": mark("condition"), "then": {"within": "PT1H"}}
    for kind in ("expectations", "follow-ups"):
        await said.driver.post("cases", f"/v1/cases/{case}/{kind}", {**words, "condition": condition})
    await said.do(parts, "part", done=1, **proof)
    await said.do(given, "release", contact=contact, words=mark("released"))
    await said.do(declined, "refusal", contact=contact, words=mark("declined"))
    await said.do(doubled, "withdraw", reason="duplicate", words=mark("withdrawn"))
    wait = {"kind": "customer", "reason": mark("wait"), "next_contact": waited.rpartition("/")[2]}
    await said.driver.post("cases", f"/v1/cases/{case}/waits", wait)
    await said.do(kept, "keep", **proof)
    await said.at(2)
    await said.do(lapsed, "cause", reason="forgotten", words=mark("cause"))
    await said.do(lapsed, "correction", verdict="kept", occurred_at=START.isoformat(), **proof)


async def letter(said: Play, case: str, letters: Path, client: httpx.AsyncClient) -> None:
    """Move a promise, and let the customer answer the letter that tells them so."""
    moved = await said.promise(case, 40, words=mark("moved"))
    await said.do(moved, "hand-over", owner="lead", words=mark("handed over"))
    await said.do(moved, "reschedule", due={"within": "PT50H"}, reason=mark("reason"))
    await said.driver.settle()
    found = [ANSWER.search(text(each)) for each in Maildir(letters, create=False)]
    (link,) = {each[1] for each in found if each}
    page = await client.post(link, data={"suits": "no", "words": mark("answer")})
    assert page.status_code == 200, page.text


async def another_case(driver: Driver, customer: str) -> None:
    """Open a case by hand; solve, close and reopen it, and hand a promise of one more case on to it."""
    named = {"customer": customer, "source": "shop", "reference": mark("case reference")}
    case = (await driver.post("cases", "/v1/cases", {**named, "subject": mark("subject")})).id
    steps = (
        "resolution",
        "resolution/rejection",
        "resolution",
        "resolution/confirmation",
        "closing",
        "reopening",
    )
    for number, step in enumerate(steps):
        body = {"words": mark(f"{step} {number}")}
        await driver.post("cases", f"/v1/cases/{case}/{step}", body)
    other = (await driver.post("cases", "/v1/cases", {"customer": customer, "subject": mark("other")})).id
    promise = {"words": mark("handed on"), "due": {"within": "PT90H"}}
    made = (await driver.post("cases", f"/v1/cases/{other}/follow-ups", promise)).id
    on = {"end": "handed_on", "commitment": made, "to": case}
    await driver.post("cases", f"/v1/cases/{other}/closing", {"commitments": [on]})

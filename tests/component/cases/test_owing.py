"""Promises of one owner due at nearly the same time are said to collide, as far as the ledger knows."""

import asyncio
from typing import Any

DUE = "2150-03-01T12:00:00Z"


async def owed(cases, owner: str, *dues: str) -> list[str]:
    """Register an owner who has promised these, and return the commitments once the ledger shows them."""
    assert (await cases.put(f"/v1/owners/{owner}", {"zone": "UTC"})).status_code == 200
    case, made = await cases.case(), []
    for due in dues:
        answer = await cases.promise(case, due, owner=owner)
        await cases.read(answer.headers["location"], answer)
        made.append(answer.json()["id"])
    return made


def colliding(answer: Any) -> list[Any]:
    return [each for each in answer.json().get("warnings", ()) if each["kind"] == "colliding"]


async def test_within_the_hour__are_named_the_first_due_first(cases):
    later, before, _, _ = await owed(
        cases,
        "tess",
        "2150-03-01T12:59:59Z",
        "2150-03-01T11:00:01Z",
        "2150-03-01T13:00:00Z",
        "2150-03-01T11:00:00Z",
    )
    answer = await cases.promise(await cases.case(), DUE, owner="tess")
    (warning,) = colliding(answer)
    assert warning["others"] == [before, later]
    assert warning["position"] <= int(answer.headers["kept-position"].partition("@")[2])


async def test_of_somebody_else_or_done__are_not_named(cases):
    (done,) = await owed(cases, "uwe", DUE)
    await owed(cases, "vera", DUE)
    shown = (await cases.get(f"/v1/commitments/{done}")).json()
    ended = await cases.post(
        f"/v1/cases/{shown['case']}/commitments/{done}/withdraw", {"reason": "entered_in_error"}
    )
    assert ended.status_code == 200, ended.text
    await cases.read(f"/v1/commitments/{done}", ended)
    assert colliding(await cases.promise(await cases.case(), DUE, owner="uwe")) == []


async def test_asked_at_one_time__each_is_answered_with_its_own(cases):
    owners = [f"owner-{number}" for number in range(6)]
    held = {owner: await owed(cases, owner, DUE) for owner in owners}
    places = [await cases.case() for _ in owners]
    answers = await asyncio.gather(
        *(cases.promise(case, DUE, owner=owner) for case, owner in zip(places, owners, strict=True))
    )
    named = [[each["others"] for each in colliding(answer)] for answer in answers]
    assert named == [[held[owner]] for owner in owners]

"""Edge cases at the front door: repeats, what-if, late evidence, two at once (rows 17, 20, 23, 53)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

MINUTE = timedelta(minutes=1)
WEEKLY = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


async def head(cases) -> int:
    return int((await cases.parts.log.head()).position)


async def test_edge_17__a_repeat_changes_nothing_and_says_why(cases):
    case = await cases.case()
    contact = (await cases.promise(case)).json()["id"]
    path, body = f"/v1/cases/{case}/waits", {"reason": "She looks for the number.", "next_contact": contact}

    async def repeated(path: str, body: dict[str, Any], reason: str) -> None:
        before = await head(cases)
        answer = await cases.post(path, body)
        assert answer.status_code == 200
        assert (answer.json()["changed"], answer.json()["reason"]) == (False, reason)
        assert await head(cases) == before

    await repeated(f"{path}/ending", {}, "the case does not wait for this")
    begun = await cases.post(path, body)
    assert (begun.status_code, "changed" in begun.json()) == (201, False)
    await repeated(path, body, "the case waits for this already")
    assert (await cases.post(f"{path}/ending", {})).json()["waits"] == 0
    await repeated(f"{path}/ending", {}, "the case does not wait for this")


async def test_edge_20__a_what_if_run_says_it_would_have_lapsed_and_writes_nothing(cases):
    await cases.put("/v1/calendars/berlin", {"zone": "Europe/Berlin", "weekly": WEEKLY})
    four, two = (
        {"calendar": "berlin", "says": {"response": {"within": {"unit": "business", "lasts": lasts}}}}
        for lasts in ("PT4H", "PT2H")
    )
    await cases.put("/v1/policies/what-if", four)
    said, done = "2026-11-09T09:00:00+01:00", "2026-11-09T11:30:00+01:00"
    before = await head(cases)
    for asked, would in (({"draft": two}, "have lapsed"), ({}, "have been kept")):
        body = {"at": said, "kept_at": done, **asked}
        answer = await cases.post("/v1/policies/what-if/preview", body, key=None, role="analyst")
        seen = answer.json()
        assert (seen["hypothetical"], seen["foreseen"][0]["would"]) == (True, would)
    assert await head(cases) == before


async def test_edge_23__as_of_the_time_before_the_evidence_it_had_lapsed(cases):
    case = await cases.case()
    made = (await cases.promise(case)).json()
    due = datetime.fromisoformat(made["due"])
    await cases.time(due + MINUTE)
    after = await cases.fell_due(case, made["id"], 1, made["due"])
    read = await cases.get(f"/v1/cases/{case}", kept_after=after, prefer="wait=10")
    assert read.json()["commitments"][0]["state"] == "lapsed"
    await cases.time(due + 10 * MINUTE)
    path = f"/v1/cases/{case}/commitments/{made['id']}/keep"
    kept = await cases.post(path, {"occurred_at": (due - 5 * MINUTE).isoformat()})
    assert kept.json()["state"] == "kept"

    async def as_of(at: datetime) -> str:
        answer = await cases.client.get(
            f"{cases.running['cases'].url}/v1/cases/{case}",
            params={"at": at.isoformat()},
            headers=cases.headers("agent", None, {}),
        )
        return str(answer.json()["commitments"][0]["state"])

    assert await as_of(due) == "open"
    assert await as_of(due + 5 * MINUTE) == "lapsed"
    assert await as_of(due + 10 * MINUTE) == "kept"


async def test_edge_53__of_two_who_saw_the_same_version_one_is_refused(cases):
    case = await cases.case()
    path = f"/v1/cases/{case}/commitments/{(await cases.promise(case)).json()['id']}"
    answers = await asyncio.gather(
        cases.post(f"{path}/agreement", {"contact": case}, if_match='"2"'),
        cases.post(f"{path}/refusal", {"contact": case}, if_match='"2"'),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (stale,) = [answer.json() for answer in answers if answer.status_code == 412]
    assert stale["type"] == "/problems/changed-meanwhile"


async def test_edge_53__who_names_no_version_is_tried_again_and_all_succeed(cases):
    case = await cases.case()
    promised = [(await cases.promise(case)).json()["id"] for _ in range(8)]
    commands = [("keep", {}), ("refusal", {"contact": case})] * 4
    answers = await asyncio.gather(
        *(
            cases.post(f"/v1/cases/{case}/commitments/{each}/{verb}", body)
            for each, (verb, body) in zip(promised, commands, strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    assert sorted(answer.json()["version"] for answer in answers) == list(range(10, 18))


@pytest.mark.parametrize("path", ["owners/two", "teams/both", "policies/twice"])
async def test_edge_53__what_is_put_names_the_version_it_saw(cases, path):
    first: dict[str, Any] = {"zone": "UTC"}
    second: dict[str, Any] = {"zone": "Asia/Manila"}
    if path.startswith("policies"):
        first, second = {}, {"says": {"short_notice": "skip"}}
    assert (await cases.put(f"/v1/{path}", first)).status_code == 200
    blind = await cases.put(f"/v1/{path}", second)
    assert (blind.status_code, blind.json()["type"]) == (428, "/problems/if-match-missing")
    assert (await cases.put(f"/v1/{path}", second, if_match='"1"')).status_code == 200
    assert (await cases.put(f"/v1/{path}", first, if_match='"1"')).status_code == 412

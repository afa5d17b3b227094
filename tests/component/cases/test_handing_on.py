"""A promise of a case that closes goes on in another one: in the ledger, for contacts, dues and proofs."""

import asyncio
import json
import sys
from datetime import datetime, timedelta
from typing import Any

from cases.rebuild import verify_tables

from .desk import Desk


async def another(cases: Desk, case: str) -> tuple[str, str]:
    """Open another case for the customer of a case; return customer and case."""
    customer = (await cases.get(f"/v1/cases/{case}")).json()["customer"]
    made = await cases.post("/v1/cases", {"customer": customer, "subject": "Another parcel."})
    return customer, made.json()["id"]


async def handed_on(cases: Desk, case: str, to: str, commitment: str) -> Any:
    body = {"commitments": [{"end": "handed_on", "commitment": commitment, "to": to}]}
    return await cases.post(f"/v1/cases/{case}/closing", body)


async def shown(cases: Desk, commitment: str, after: str) -> Any:
    answer = await cases.get(f"/v1/commitments/{commitment}", kept_after=after, prefer="wait=10")
    return answer.json()


async def test_edge_37__goes_on_in_another_case_with_its_id_and_revision(cases):
    case = await cases.case()
    made = (await cases.promise(case)).json()
    customer, other = await another(cases, case)
    closed = await handed_on(cases, case, other, made["id"])
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    now = await shown(cases, made["id"], closed.headers["kept-position"])
    assert (now["case"], now["origin"], now["revision"]) == (other, case, 1)
    assert (now["state"], now["due"], now["customer"]) == ("open", made["due"], customer)
    assert (await cases.get(f"/v1/cases/{case}")).json()["moved"] == {made["id"]: other}
    refused = await cases.post(f"/v1/cases/{case}/commitments/{made['id']}/keep", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/commitment-moved")
    assert refused.json()["case"] == other
    kept = await cases.post(f"/v1/cases/{other}/commitments/{made['id']}/keep", {})
    assert kept.json()["state"] == "kept"
    whole = await verify_tables(cases.parts)
    assert whole.ok, whole.lines


async def test_edge_37__a_contact_and_a_due_that_name_the_old_case_count(cases):
    case = await cases.case()
    one, two = [(await cases.promise(case)).json() for _ in range(2)]
    customer, other = await another(cases, case)
    endings = [{"end": "handed_on", "commitment": each["id"], "to": other} for each in (one, two)]
    await cases.post(f"/v1/cases/{case}/closing", {"commitments": endings})
    body = {"direction": "outbound", "customer": customer, "words": "Hello.", "outcome": "reached"}
    serves = [{"case": case, "commitment": one["id"]}]
    _, after = await cases.contact({**body, "case": case, "serves": serves})
    assert (await shown(cases, one["id"], after))["state"] == "kept"
    after = await cases.fell_due(case, two["id"], 1, two["due"])
    assert (await shown(cases, two["id"], after))["state"] == "lapsed"


async def test_edge_37__to_where_it_cannot_go_closes_nothing(cases):
    case, stranger = await cases.case(), await cases.case()
    made = (await cases.promise(case)).json()
    for to in (stranger, made["id"], case):
        refused = await handed_on(cases, case, to, made["id"])
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "commitments"
    _, closed = await another(cases, case)
    await cases.post(f"/v1/cases/{closed}/closing", {})
    assert (await handed_on(cases, case, closed, made["id"])).status_code == 409
    assert (await cases.get(f"/v1/cases/{case}")).json()["state"] == "open"


async def test_edge_37__its_proof_spans_both_cases(cases):
    case = await cases.case()
    made = (await cases.promise(case)).json()
    _, other = await another(cases, case)
    await handed_on(cases, case, other, made["id"])
    kept = await cases.post(f"/v1/cases/{other}/commitments/{made['id']}/keep", {})
    await shown(cases, made["id"], kept.headers["kept-position"])
    proof = (await cases.get(f"/v1/commitments/{made['id']}/proof")).json()
    assert [each["type"] for each in proof["items"]] == ["FollowUpPromised", "CommitmentKept"]
    assert await proved(proof) == "same\n"
    proof["claims"]["state"] = "kept_late"
    assert "kept_late" in await proved(proof)


async def test_edge_37__its_proof_spans_every_case_however_often_it_came_back(cases):
    case = await cases.case()
    made = (await cases.promise(case)).json()
    _, two = await another(cases, case)
    _, three = await another(cases, case)
    await handed_on(cases, case, two, made["id"])
    await handed_on(cases, two, three, made["id"])
    due = datetime.fromisoformat(made["due"]) + timedelta(hours=1)
    later = {"due": due.isoformat(), "reason": "The part is late."}
    moved = await cases.post(f"/v1/cases/{three}/commitments/{made['id']}/reschedule", later)
    assert moved.json()["revision"] == 2, moved.text
    await cases.post(f"/v1/cases/{two}/reopening", {"words": "It came up again."})
    back = await handed_on(cases, three, two, made["id"])
    await shown(cases, made["id"], back.headers["kept-position"])
    proof = (await cases.get(f"/v1/commitments/{made['id']}/proof")).json()
    assert [each["type"] for each in proof["items"]] == ["FollowUpPromised", "CommitmentRescheduled"]
    assert await proved(proof) == "same\n"


async def proved(proof: Any) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cases", "prove"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(json.dumps(proof).encode())
    return out.decode()

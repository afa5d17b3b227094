"""What follows in cases from contacts at intake and from the scheduler, over real Kafka."""

from datetime import datetime, timedelta
from typing import Any

from .desk import Desk

HOUR = timedelta(hours=1)


async def settled(cases: Desk, path: str, after: str) -> Any:
    answer = await cases.get(path, kept_after=after, prefer="wait=10")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def opened(cases: Desk) -> tuple[str, str, str]:
    """Let a customer come; return customer, contact and the case it opens."""
    customer, _ = await cases.customer()
    came, after = await cases.contact({"customer": customer, "words": "Where is my parcel?"})
    await settled(cases, f"/v1/cases/{came['case']}", after)
    return customer, came["id"], came["case"]


async def serve(cases: Desk, customer: str, case: str, serves: list[dict[str, Any]], **more: Any) -> str:
    body = {"direction": "outbound", "customer": customer, "words": "Hello.", "outcome": "reached"}
    _, after = await cases.contact({**body, "case": case, "serves": serves, **more})
    return after


async def test_contact__opens_a_case_and_another_belongs_to_it(cases):
    customer, contact, case = await opened(cases)
    more, after = await cases.contact({"customer": customer, "words": "Thanks.", "case": case})
    shown = await settled(cases, f"/v1/cases/{case}", after)
    assert (shown["customer"], shown["subject"]) == (customer, "Where is my parcel?")
    assert shown["contacts"] == [contact, more["id"]]
    history = (await settled(cases, f"/v1/cases/{case}/history", after))["items"]
    assert [item["type"] for item in history] == ["CaseOpened", "ContactAttached"]
    assert history[0]["actor"] == "agent"


async def test_contact__counts_from_when_it_happened(cases):
    customer, _ = await cases.customer()
    body = {"customer": customer, "words": "Where is my parcel?", "occurred_at": "2026-01-05T09:00:00Z"}
    came, after = await cases.contact(body)
    assert (await settled(cases, f"/v1/cases/{came['case']}", after))["opened_at"] == body["occurred_at"]
    (opening,) = (await settled(cases, f"/v1/cases/{came['case']}/history", after))["items"]
    assert opening["occurred_at"] == body["occurred_at"] < opening["recorded_at"]


async def test_contact__keeps_what_it_names(cases):
    customer, contact, case = await opened(cases)
    reply = (await cases.promise(case, answers=[contact], channel="email")).json()["id"]
    other = (await cases.promise(case)).json()["id"]
    serves = [{"case": case, "commitment": reply}, {"case": case, "commitment": other}]
    after = await serve(cases, customer, case, serves)
    states = {each["id"]: each["state"] for each in (await ledger(cases, case, after))}
    assert states == {reply: "open", other: "kept"}
    after = await serve(cases, customer, case, serves, answers=[contact])
    assert [each["state"] for each in await ledger(cases, case, after)] == ["kept", "kept"]
    kept = (await settled(cases, f"/v1/cases/{case}/history", after))["items"][-1]["data"]
    assert (kept["commitment"], kept["other_channel"]) == (reply, True)


async def ledger(cases: Desk, case: str, after: str) -> list[dict[str, Any]]:
    found = await settled(cases, f"/v1/commitments?case={case}", after)
    items: list[dict[str, Any]] = found["items"]
    return items


async def test_contact__that_did_not_reach_is_an_attempt(cases):
    customer, _, case = await opened(cases)
    one = (await cases.promise(case)).json()["id"]
    serves = [{"case": case, "commitment": one}]
    after = await serve(cases, customer, case, serves, outcome="not_reached")
    (shown,) = await ledger(cases, case, after)
    assert (shown["state"], len(shown["attempts"])) == ("open", 1)


async def test_contact__tells_of_a_change(cases):
    customer, _, case = await opened(cases)
    one = (await cases.promise(case)).json()["id"]
    moved = {"due": {"within": "PT20H"}, "reason": "The part is late."}
    await cases.post(f"/v1/cases/{case}/commitments/{one}/reschedule", moved)
    after = await serve(cases, customer, case, [{"case": case, "commitment": one, "tells": 2}])
    (shown,) = await ledger(cases, case, after)
    assert shown["told_due"] == shown["due"]


async def test_contact__that_cannot_be_served_is_left_and_the_next_one_is_not(cases):
    customer, _, _ = await opened(cases)
    stranger, _, case = await opened(cases)
    await serve(cases, customer, case, [])
    after = await serve(cases, stranger, case, [])
    shown = await settled(cases, f"/v1/cases/{case}", after)
    assert len(shown["contacts"]) == 2
    assert (await cases.get("/v1/settled", role="operator")).json()["parked"] == 0


async def test_fell_due__lapses_once_and_only_the_revision_that_stands(cases):
    _, _, case = await opened(cases)
    made = (await cases.promise(case)).json()
    after = await cases.fell_due(case, made["id"], 2, made["due"])
    assert [each["state"] for each in await ledger(cases, case, after)] == ["open"]
    await cases.fell_due(case, made["id"], 1, made["due"])
    after = await cases.fell_due(case, made["id"], 1, made["due"])
    (shown,) = await ledger(cases, case, after)
    assert (shown["state"], shown["lapsed_at"], shown["owed"]) == ("lapsed", made["due"], True)
    types = [each["type"] for each in (await settled(cases, f"/v1/cases/{case}/history", after))["items"]]
    assert types.count("CommitmentLapsed") == 1


async def test_edge_23__late_evidence_after_the_clock_moved(cases):
    _, _, case = await opened(cases)
    made = (await cases.promise(case)).json()
    due = datetime.fromisoformat(made["due"])
    await cases.time(due + HOUR)
    path = f"/v1/cases/{case}/commitments/{made['id']}/keep"
    kept = await cases.post(path, {"occurred_at": (due - HOUR).isoformat()})
    assert kept.json()["state"] == "kept"
    items = (await cases.get(f"/v1/cases/{case}/history")).json()["items"]
    assert [each["type"] for each in items[-2:]] == ["CommitmentLapsed", "VerdictCorrected"]
    assert items[-1]["data"]["self_attested"] is True
    assert items[-1]["occurred_at"] == (due - HOUR).isoformat().replace("+00:00", "Z")


async def test_edge_36__a_refused_command_leaves_the_lapse_it_found(cases):
    _, _, case = await opened(cases)
    made = (await cases.promise(case)).json()
    due = datetime.fromisoformat(made["due"])
    await cases.time(due + HOUR)
    moved = {"due": {"within": "PT20H"}, "reason": "The part is late."}
    refused = await cases.post(f"/v1/cases/{case}/commitments/{made['id']}/reschedule", moved)
    assert refused.status_code == 409
    lapse = (await cases.get(f"/v1/cases/{case}/history")).json()["items"][-1]
    assert (lapse["type"], lapse["occurred_at"]) == ("CommitmentLapsed", made["due"])


async def test_edge_35__told_in_time_and_read_after_the_lapse_takes_it_back(cases):
    customer, _, case = await opened(cases)
    made = (await cases.promise(case)).json()
    moved = {"due": {"within": "PT20H"}, "reason": "The part is late."}
    await cases.post(f"/v1/cases/{case}/commitments/{made['id']}/reschedule", moved)
    after = await cases.fell_due(case, made["id"], 2, made["due"])
    assert [each["state"] for each in await ledger(cases, case, after)] == ["lapsed"]
    tells = [{"case": case, "commitment": made["id"], "tells": 2}]
    (shown,) = await ledger(cases, case, await serve(cases, customer, case, tells))
    assert (shown["state"], shown["revision"], shown["told_due"]) == ("open", 3, shown["due"])
    assert (shown["due"] > made["due"], shown["lapsed_at"], shown["change_not_told"]) == (True, None, False)

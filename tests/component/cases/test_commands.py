"""Cases by its front door: what is asked of it, and how it answers."""

from datetime import datetime, timedelta

import pytest

from events.clock import new_id


async def test_open_case__recorded_repeated_and_found(cases):
    customer, after = await cases.customer()
    body = {"customer": customer, "subject": "No parcel.", "source": "shop", "reference": "T-1"}
    answer = await cases.post("/v1/cases", body, kept_after=after, prefer="wait=10")
    assert answer.status_code == 201
    made = answer.json()
    named = str(cases.parts.lookup.id("case", "shop", "T-1"))
    assert made == {"id": named, "version": 1, "state": "open"}
    assert answer.headers["location"] == f"/v1/cases/{made['id']}"
    again = await cases.post("/v1/cases", body)
    assert (again.status_code, again.json()) == (200, {**made, "changed": False})
    shown = await cases.get(answer.headers["location"])
    assert (shown.json()["zone"], shown.headers["etag"]) == ("Asia/Ho_Chi_Minh", '"1"')


async def test_open_case__for_an_unknown_customer_is_rejected(cases):
    answer = await cases.post("/v1/cases", {"customer": str(new_id()), "subject": "Hm."})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "customer")


async def test_promise_follow_up__with_three_fields(cases):
    case = await cases.case()
    answer = await cases.promise(case)
    made = answer.json()
    assert made["case"] == case
    assert (made["state"], made["revision"], made["version"]) == ("open", 1, 2)
    due = datetime.fromisoformat(made["due"])
    assert datetime.fromisoformat(made["next_reminder"]) == due - timedelta(hours=1)
    assert answer.headers["location"] == f"/v1/commitments/{made['id']}"
    shown = await cases.read(answer.headers["location"], answer)
    assert (shown["owner"], shown["said_by"], shown["told_due"]) == ("agent", "agent", made["due"])


async def test_promise_follow_up__repeated_is_answered_byte_for_byte(cases):
    case, key = await cases.case(), str(new_id())
    path, body = f"/v1/cases/{case}/follow-ups", {"words": "I will call.", "due": {"within": "PT1H"}}
    first = await cases.post(path, body, key=key)
    again = await cases.post(path, body, key=key)
    assert (again.status_code, again.content) == (201, first.content)
    other = await cases.post(path, {**body, "words": "I will write."}, key=key)
    assert other.status_code == 422
    assert len((await cases.get(f"/v1/cases/{case}")).json()["commitments"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"owner": "nobody"}, "owner"),
        ({"due": "2001-01-01T00:00:00Z"}, "due"),
        ({"due": {"within": "PT0S"}}, "due"),
        ({"basis": "guess"}, "basis"),
        ({"basis": "internal"}, "parent"),
        ({"undated": True}, "due"),
        ({"replaces": "6b657074-0000-5000-8000-000000000000"}, "replaces"),
        ({"undue": "soon"}, "undue"),
        ({"commitment": "6b657074-0000-5000-8000-000000000000"}, "commitment"),
    ],
)
async def test_promise_follow_up__rejected_naming_the_field(cases, body, field):
    path = f"/v1/cases/{await cases.case()}/follow-ups"
    answer = await cases.post(path, {"words": "I will call.", "due": {"within": "PT1H"}, **body})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].split(".")[0] == field


async def test_promise_follow_up__without_a_due_is_rejected(cases):
    answer = await cases.post(f"/v1/cases/{await cases.case()}/follow-ups", {"words": "Soon."})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "due")


async def test_promise_follow_up__in_an_unknown_case_is_rejected(cases):
    body = {"words": "I will call.", "due": {"within": "PT1H"}}
    answer = await cases.post(f"/v1/cases/{new_id()}/follow-ups", body)
    assert answer.status_code == 404


async def test_promise_follow_up__by_a_caller_who_is_no_owner_is_rejected(cases):
    body = {"words": "I will call.", "due": {"within": "PT1H"}}
    path = f"/v1/cases/{await cases.case()}/follow-ups"
    answer = await cases.post(path, body, role="lead")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "owner")
    assert (await cases.post(path, {**body, "owner": "agent"}, role="lead")).status_code == 201


async def test_edge_51__what_a_system_promises_has_no_owner_yet(cases):
    body = {"words": "A colleague will call you.", "due": {"within": "PT1H"}}
    made = await cases.post(f"/v1/cases/{await cases.case()}/follow-ups", body, role="system")
    assert made.status_code == 201
    shown = await cases.read(f"/v1/commitments/{made.json()['id']}", made)
    assert (shown["owner"], shown["timers"][0]["name"]) == (None, "owner_by")


async def test_roles__who_may_ask_what(cases):
    case = await cases.case()
    one = (await cases.promise(case)).json()["id"]
    path = f"/v1/cases/{case}/commitments/{one}"
    moved = {"due": {"within": "PT20H"}, "reason": "The part is late."}
    assert (await cases.post(f"{path}/keep", {}, role="analyst")).status_code == 403
    assert (await cases.post(f"{path}/reschedule", moved, role="system")).status_code == 403
    assert (await cases.post(f"{path}/withdraw", {"reason": "duplicate"}, role="system")).status_code == 403
    assert (await cases.post(f"{path}/withdraw", {"reason": "duplicate"}, role="lead")).status_code == 200


async def test_edge_53__if_match_of_an_older_version_is_refused(cases):
    case = await cases.case()
    one = (await cases.promise(case)).json()["id"]
    path = f"/v1/cases/{case}/commitments/{one}"
    assert (await cases.post(f"{path}/agreement", {"contact": case}, if_match='"2"')).status_code == 200
    stale = await cases.post(f"{path}/refusal", {"contact": case}, if_match='"2"')
    assert stale.status_code == 412
    assert (await cases.post(f"{path}/keep", {})).json()["version"] == 4


async def test_life_of_a_follow_up__moved_told_handed_over_kept(cases):
    case = await cases.case()
    made = (await cases.promise(case)).json()
    path = f"/v1/cases/{case}/commitments/{made['id']}"
    moved = await cases.post(f"{path}/reschedule", {"due": {"within": "PT20H"}, "reason": "Late."})
    assert (moved.json()["revision"], moved.json()["told_due"]) == (2, made["due"])
    assert moved.json()["due"] > made["due"]
    assert "next_reminder" in moved.json()
    await cases.put("/v1/owners/mai", {"zone": "Asia/Ho_Chi_Minh"})
    handed = await cases.post(f"{path}/hand-over", {"owner": "mai"})
    assert (handed.status_code, "next_reminder" in handed.json()) == (200, False)
    assert (await cases.post(f"{path}/hand-over", {"owner": "nobody"})).status_code == 422
    kept = await cases.post(f"{path}/keep", {"evidence": {"record": "phone log"}})
    assert kept.json()["state"] == "kept"
    again = await cases.post(f"{path}/keep", {})
    assert (again.status_code, again.json()["changed"]) == (200, False)
    assert (await cases.post(f"{path}/release", {"contact": case})).status_code == 409


async def test_edge_37__close_lists_what_is_open(cases):
    case = await cases.case()
    one = (await cases.promise(case)).json()["id"]
    two = (await cases.promise(case)).json()["id"]
    refused = await cases.post(f"/v1/cases/{case}/closing", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/commitments-open")
    assert refused.json()["commitments"] == [one, two]
    body = {
        "commitments": [
            {"end": "kept", "commitment": one},
            {"end": "released", "commitment": two, "contact": case},
        ]
    }
    closed = await cases.post(f"/v1/cases/{case}/closing", body)
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    reopened = await cases.post(f"/v1/cases/{case}/reopening", {"words": "Empty parcel."})
    assert reopened.json()["state"] == "open"


async def test_resolution__proposed_and_confirmed(cases):
    path = f"/v1/cases/{await cases.case()}/resolution"
    assert (await cases.post(f"{path}/confirmation", {})).status_code == 409
    assert (await cases.post(path, {"words": "Delivered."})).status_code == 200
    assert (await cases.post(f"{path}/confirmation", {"words": "Yes."})).status_code == 200
    assert (await cases.post(f"{path}/rejection", {"words": "No."})).status_code == 200


async def test_set_owner__recorded_repeated_rejected(cases):
    first = await cases.put("/v1/owners/ana", {"zone": "Asia/Manila"})
    assert first.status_code == 200
    assert (await cases.put("/v1/owners/ana", {"zone": "Asia/Tokyo"})).status_code == 428
    again = await cases.put("/v1/owners/ana", {"zone": "Asia/Manila"}, if_match='"1"')
    assert again.json() == {"id": "ana", "version": 1, "changed": False}
    shown = await cases.get("/v1/owners/ana")
    told = {name: value for name, value in shown.json().items() if value}
    assert told == {"name": "ana", "zone": "Asia/Manila", "active": True}
    assert (await cases.put("/v1/owners/ana", {"zone": "Mars/Olympus"})).status_code == 422
    assert (await cases.put("/v1/owners/Ana", {"zone": "Asia/Manila"})).status_code == 422
    assert (await cases.get("/v1/owners/nobody")).status_code == 404


async def test_set_owner__inactive_can_own_nothing_new(cases):
    await cases.put("/v1/owners/gone", {"zone": "Asia/Manila", "active": False})
    path = f"/v1/cases/{await cases.case()}/expectations"
    body = {"words": "It comes.", "due": {"within": "PT1H"}, "owner": "gone"}
    assert (await cases.post(path, body)).status_code == 422

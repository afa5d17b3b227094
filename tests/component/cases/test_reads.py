"""What is read of cases: the case as of an instant, its history, the ledger, and proofs."""

from datetime import datetime

from events import feed
from events.clock import new_id
from events.wire import content_hash


async def test_case__as_of_an_instant(cases):
    case = await cases.case()
    one = (await cases.promise(case)).json()["id"]
    before = (await cases.get(f"/v1/cases/{case}/history")).json()["items"][-1]["recorded_at"]
    await cases.post(f"/v1/cases/{case}/commitments/{one}/keep", {})
    now = (await cases.get(f"/v1/cases/{case}")).json()
    then = (await cases.get(f"/v1/cases/{case}?at={before}")).json()
    assert (now["version"], now["commitments"][0]["state"]) == (3, "kept")
    assert (then["version"], then["commitments"][0]["state"]) == (2, "open")
    assert (await cases.get(f"/v1/cases/{case}?at=2001-01-01T00:00:00Z")).status_code == 404


async def test_case__unknown_is_not_found(cases):
    for path in ("cases/{}", "cases/{}/history", "commitments/{}", "commitments/{}/proof"):
        answer = await cases.get(f"/v1/{path.format(new_id())}")
        assert answer.status_code == 404, path


async def test_history__page_by_page(cases):
    case = await cases.case()
    for _ in range(4):
        await cases.promise(case)
    seen, cursor = [], ""
    for _ in range(10):
        page = (await cases.get(f"/v1/cases/{case}/history?limit=2{cursor}")).json()
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [item["version"] for item in seen] == [1, 2, 3, 4, 5]
    assert [item["type"] for item in seen] == ["CaseOpened", *["FollowUpPromised"] * 4]
    assert (seen[1]["actor"], seen[1]["data"]["words"]) == ("agent", "I will call.")


async def test_cases__by_customer_and_state(cases):
    customer, after = await cases.customer()
    ids = []
    for number in range(3):
        body = {"customer": customer, "subject": f"No parcel {number}."}
        answer = await cases.post("/v1/cases", body, kept_after=after, prefer="wait=10")
        ids.append(answer.json()["id"])
    closed = await cases.post(f"/v1/cases/{ids[1]}/closing", {})
    first = await cases.read(f"/v1/cases?customer={customer}&limit=2", closed)
    rest = await cases.read(f"/v1/cases?customer={customer}&limit=2&cursor={first['next']}", closed)
    assert [item["id"] for item in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None
    only = await cases.read(f"/v1/cases?customer={customer}&state=closed", closed)
    assert [item["id"] for item in only["items"]] == [ids[1]]


async def test_ledger__filters_and_cursors(cases):
    case = await cases.case()
    dues = ["2031-01-03T00:00:00Z", "2031-01-01T00:00:00Z", "2031-01-02T00:00:00Z", "2031-01-02T00:00:00Z"]
    made = [(await cases.promise(case, due)).json() for due in dues]
    last = await cases.post(f"/v1/cases/{case}/commitments/{made[0]['id']}/keep", {})
    seen, cursor = [], ""
    for _ in range(10):
        page = await cases.read(f"/v1/commitments?case={case}&limit=1{cursor}", last)
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    expected = sorted(made, key=lambda each: (each["due"], each["id"]))
    assert [item["id"] for item in seen] == [each["id"] for each in expected]
    kept = await cases.read(f"/v1/commitments?case={case}&state=kept&owner=agent", last)
    assert [item["id"] for item in kept["items"]] == [made[0]["id"]]
    between = "due_after=2031-01-01T00:00:00Z&due_before=2031-01-03T00:00:00Z"
    inside = await cases.read(f"/v1/commitments?case={case}&{between}", last)
    assert {item["id"] for item in inside["items"]} == {made[2]["id"], made[3]["id"]}
    customer = seen[0]["customer"]
    assert len((await cases.read(f"/v1/commitments?customer={customer}", last))["items"]) == 4


async def test_ledger__refuses_what_it_does_not_know(cases):
    for query in ("state=lost", "cursor=x", "limit=0", "team=a", "due_before=soon", "owner=A"):
        answer = await cases.get(f"/v1/commitments?{query}")
        assert answer.status_code == 422, query


async def test_proof__holds_the_exact_events(cases):
    case = await cases.case()
    made = (await cases.promise(case)).json()
    await cases.promise(case)
    kept = await cases.post(f"/v1/cases/{case}/commitments/{made['id']}/keep", {})
    proof = await cases.read(f"/v1/commitments/{made['id']}/proof", kept)
    rows = [feed.from_json(item) for item in proof["items"]]
    assert [(row.type, row.version) for row in rows] == [("FollowUpPromised", 2), ("CommitmentKept", 4)]
    for row in rows:
        assert row.content == content_hash(
            row.stream, row.event_id, row.type, row.schema, row.data, row.metadata, row.occurred_at
        )
        place = await cases.parts.log.place(row.position)
        assert place is not None
        assert place.hash == row.hash


async def test_metrics__count_commitments_by_state(cases):
    await cases.read("/v1/commitments", await cases.promise(await cases.case()))
    text = (await cases.get("/metrics")).text
    assert 'kept_commitments{service="cases",state="open"}' in text


async def test_openapi__has_an_example_of_every_command(cases):
    page = (await cases.get("/openapi.json")).json()
    post = page["paths"]["/v1/cases/{case}/follow-ups"]["post"]
    example = post["requestBody"]["content"]["application/json"]["example"]
    assert datetime.fromisoformat(example["due"]).tzinfo is not None

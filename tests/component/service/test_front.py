"""The front of a service: who may enter, what is refused and how, what every service answers."""

import json
from typing import Any

import httpx
import pytest

from events.clock import new_id
from events.feed import read_page
from events.wire import content_hash
from tests.component.intake.desk import Intake

CUSTOMER = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh"}


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert (answer.status_code, body["status"], body["type"]) == (status, status, f"/problems/{slug}"), body
    return dict(body)


async def send_raw(intake: Intake, content: bytes, **headers: str) -> httpx.Response:
    sent = intake.headers() | {"Content-Type": "application/json"} | headers
    return await intake.client.post("/v1/customers", content=content, headers=sent)


async def test_stranger__is_asked_who_they_are(intake):
    for path in ("/v1/contacts", "/v1/events", "/v1/clock", "/v1/settled"):
        answer = await intake.client.get(path)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        problem(answer, 401, "unauthorized")
    problem(await intake.client.post("/v1/customers", json=CUSTOMER), 401, "unauthorized")


async def test_analyst__reads_but_does_not_write(intake):
    problem(await intake.post("/v1/customers", CUSTOMER, role="analyst"), 403, "forbidden")
    assert (await intake.get("/v1/contacts", role="analyst")).status_code == 200
    answer = await intake.client.put("/v1/clock", json={}, headers=intake.headers(role="analyst"))
    problem(answer, 403, "forbidden")


async def test_unknown_routes_and_methods__are_problems(intake):
    problem(await intake.get("/v1/weather"), 404, "not-found")
    answer = await intake.client.delete("/v1/customers", headers=intake.headers())
    problem(answer, 405, "method-not-allowed")
    assert "POST" in answer.headers["allow"]


async def test_unknown_thing__is_not_found(intake):
    problem(await intake.get(f"/v1/customers/{new_id()}"), 404, "unknown")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=forged", "cursor"),
        ("custmer=1", "custmer"),
        ("customer=1", "customer"),
        ("reference=" + "x" * 201, "reference"),
    ],
)
async def test_query__that_does_not_fit_names_the_parameter(intake, query, field):
    body = problem(await intake.get(f"/v1/contacts?{query}"), 422, "invalid")
    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize(
    ("content", "status", "slug"),
    [
        (b"{", 400, "malformed"),
        (b"[]", 400, "malformed"),
        (b'{"name": "\xff"}', 400, "malformed"),
        (b'{"a":' * 200 + b"1" + b"}" * 200, 400, "malformed"),
        (b'{"name": "a", "name": "b", "zone": "UTC"}', 422, "invalid"),
        (b'{"name": "\\u0000", "zone": "UTC"}', 422, "invalid"),
        (b'{"name": "\\ud800", "zone": "UTC"}', 422, "invalid"),
        (b'{"name": NaN, "zone": "UTC"}', 422, "invalid"),
        (b'{"name": 7, "zone": "UTC"}', 422, "invalid"),
        (b'{"name": "a", "zone": "UTC", "version": 9}', 422, "invalid"),
        (b"", 422, "invalid"),
        (b'{"name": "' + b"x" * 70_000 + b'", "zone": "UTC"}', 413, "too-large"),
    ],
)
async def test_body__that_does_not_fit_is_refused(intake, content, status, slug):
    problem(await send_raw(intake, content), status, slug)


async def test_body__too_large_in_chunks_without_a_length_is_refused(intake):
    async def chunks():
        for _ in range(70):
            yield b"x" * 1024

    headers = intake.headers() | {"Content-Type": "application/json"}
    problem(await intake.client.post("/v1/customers", content=chunks(), headers=headers), 413, "too-large")


async def test_body__of_another_type_is_refused(intake):
    answer = await send_raw(intake, b"name=Mai", **{"Content-Type": "application/x-www-form-urlencoded"})
    problem(answer, 415, "not-json")


@pytest.mark.parametrize(("tag", "status"), [('"7"', 412), ('W/"1"', 412), ("1", 400), ('"1", "2"', 400)])
async def test_if_match__of_another_version_is_refused(intake, tag, status):
    path = f"/v1/customers/{await intake.customer()}"
    answer = await intake.patch(path, {"zone": "Asia/Manila"}, if_match=tag)
    assert answer.status_code == status
    assert (await intake.patch(path, {"zone": "Asia/Manila"}, if_match="*")).status_code == 200


async def test_edge_53__if_match_missing_is_asked_for_where_something_would_be_lost(intake):
    made = await intake.post("/v1/customers", CUSTOMER)
    path, after = made.headers["location"], made.headers["kept-position"]
    problem(await intake.patch(path, {"zone": "Asia/Manila"}), 428, "if-match-missing")
    assert (await intake.get(path, kept_after=after, prefer="wait=10")).headers["etag"] == '"1"'


async def test_kept_after__what_never_comes_is_said_in_time(intake):
    head = await intake.length()
    answer = await intake.get("/v1/contacts", kept_after=f"contacts@{head + 1}", prefer="wait=0.1")
    assert problem(answer, 503, "not-yet")
    assert answer.headers["retry-after"] == "1"
    answer = await intake.post(
        "/v1/customers", CUSTOMER, kept_after=f"contacts@{head + 1}", prefer="wait=0.1"
    )
    problem(answer, 503, "not-yet")
    problem(await intake.get("/v1/contacts", kept_after="cases@1"), 400, "kept-after-unknown")
    problem(await intake.get("/v1/contacts", kept_after="contacts"), 400, "kept-after-malformed")


async def test_feed__is_the_log_with_its_hashes(intake):
    for _ in range(3):
        await intake.customer()
    head = await intake.running.parts.log.head()
    found = read_page(
        (await intake.get(f"/v1/events?after={head.position - 3}&limit=2", role="analyst")).json()
    )
    assert found.head == head
    assert [row.position for row in found.rows] == [head.position - 2, head.position - 1]
    row = found.rows[0]
    assert row == (await intake.running.parts.log.tail(head.position - 3, 1))[0]
    said = (row.stream, row.event_id, row.type, row.schema, row.data, row.metadata, row.occurred_at)
    assert content_hash(*said) == row.content


async def test_feed__of_one_stream_one_type_up_to_a_place(intake):
    customer = await intake.customer()
    await intake.patch(f"/v1/customers/{customer}", {"zone": "Asia/Manila"}, if_match='"1"')
    stream = read_page((await intake.get(f"/v1/events?stream=customer-{customer}", role="analyst")).json())
    assert [row.type for row in stream.rows] == ["CustomerRegistered", "CustomerChanged"]
    kind = read_page((await intake.get("/v1/events?type=CustomerChanged&limit=1000", role="analyst")).json())
    assert {row.type for row in kind.rows} == {"CustomerChanged"}
    until = read_page((await intake.get("/v1/events?until=1", role="analyst")).json())
    assert [row.position for row in until.rows] == [1]
    problem(await intake.get("/v1/events?limit=1001", role="analyst"), 422, "invalid")


async def test_health__is_open_and_says_how_it_fares(intake):
    assert (await intake.client.get("/livez")).json() == {"status": "alive"}
    await intake.customer()
    ready = await intake.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "tasks": {}})


async def test_metrics__count_by_route_and_say_how_far_all_is(intake):
    answer = await intake.get(f"/v1/customers/{await intake.customer()}")
    assert answer.status_code in {200, 404}
    text = (await intake.client.get("/metrics")).text
    assert 'route="/v1/customers",service="intake",status="201"' in text
    assert 'route="/v1/customers/{customer}"' in text
    for name in (
        "relay_lag_events",
        "parked_streams",
        "backlog",
        "database_up",
        "cursor_position",
        "log_head",
        "put_right_events",
    ):
        assert f"kept_{name}" in text
    assert not [line for line in text.splitlines() if str(answer.request.url.path) in line]


async def test_openapi__has_examples_that_work(intake):
    page = (await intake.client.get("/openapi.json")).json()
    customer = await intake.customer()
    sent = 0
    for path, methods in page["paths"].items():
        for method, route in methods.items():
            if "requestBody" not in route or "{" in path or path == "/v1/clock":
                continue
            example = route["requestBody"]["content"]["application/json"]["example"]
            body = json.loads(json.dumps(example).replace("0b7e3c1e-6f0a-5d0e-9f3e-2d7f4c1b8a90", customer))
            headers = intake.headers(role="system" if path == "/v1/openings" else "agent")
            answer = await intake.client.request(method, path, json=body, headers=headers)
            assert answer.status_code in {200, 201}, (path, answer.text)
            sent += 1
    assert sent == 5
    assert "#/$defs" not in json.dumps(page)
    patch = page["paths"]["/v1/customers/{customer}"]["patch"]
    schema = patch["requestBody"]["content"]["application/json"]["schema"]
    assert "customer" not in schema["properties"]
    assert {"name": "customer", "in": "path"}.items() <= patch["parameters"][0].items()


async def test_type_of_a_problem__is_where_it_is_explained(intake):
    refused = await intake.post("/v1/customers", CUSTOMER, key=None)
    told = await intake.client.get(refused.json()["type"])
    assert told.headers["content-type"].startswith("text/plain")
    assert told.text.startswith("key-missing: 400 Bad Request\n")
    assert "There is no customer {id}." in (await intake.client.get("/problems/customer-unknown")).text
    problem(await intake.client.get("/problems/unheard-of"), 404, "unknown")


async def test_openapi__has_every_route_and_a_version(intake):
    page = (await intake.client.get("/openapi.json")).json()
    service = intake.running.service
    specs = [spec for commands in service.commands for spec in commands.specs]
    sent = {path for spec in specs for path in (spec.path, spec.batch) if path is not None}
    read = {route.path for route in (*service.router.routes, *service.open.routes)}
    assert len(sent | read) >= 5
    assert sent | read <= page["paths"].keys()
    open_to_all = {"/livez", "/readyz", "/metrics", "/problems/{name}"}
    assert {path for path in page["paths"] if not path.startswith("/v1/")} == open_to_all

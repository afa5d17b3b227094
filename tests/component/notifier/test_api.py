"""The routes of the notifier, and its check at send against the real `cases`."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from events.clock import new_id
from events.service import Report
from events.testing import NOW
from notifier.rebuild import verify_tables

from .replica import SECRET
from .sinks import HttpSink, http_sink

HOOK = {"webhook": "https://hooks.example/kept", "secret": SECRET}


@pytest.fixture(scope="module", autouse=True)
async def _nine_o_clock(desk):
    await nine_o_clock(desk)


async def nine_o_clock(desk) -> None:
    """Let every service's clock stand at NOW."""
    for service in ("cases", "intake", "notifier", "scheduler"):
        answer = await desk.client.put(
            f"{desk.urls[service]}/v1/clock",
            json={"at": NOW.isoformat()},
            headers=desk.headers(role="operator"),
        )
        assert answer.status_code == 200, answer.text


async def put(desk, service: str, path: str, body: dict[str, Any], role: str = "lead", **headers: str):
    return await desk.client.put(
        desk.urls[service] + path, json=body, headers=desk.headers(role=role, **headers)
    )


async def test_put_recipient__is_read_back_without_the_secret(desk):
    name = f"a{new_id().hex[:8]}"
    answer = await put(desk, "notifier", f"/v1/recipients/{name}", {"email": "a@kept.example", **HOOK})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"id": name, "version": 1}
    read = await desk.get("notifier", f"/v1/recipients/{name}", role="lead")
    assert read.json() == {
        "name": name,
        "version": 1,
        "email": "a@kept.example",
        "webhook": HOOK["webhook"],
        "former_until": None,
        "has_chat": False,
        "order": [],
        "language": "en",
        "zone": None,
    }
    assert read.headers["etag"] == '"1"'
    assert SECRET not in answer.text + read.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("recipients", HOOK),
        ("subscribers", {"url": HOOK["webhook"], "secret": SECRET, "on": ["kept"]}),
    ],
)
async def test_put_of_another_secret__says_until_when_the_one_before_signs(desk, kind, body):
    path, other = f"/v1/{kind}/a{new_id().hex[:8]}", "whsec_" + "b3RoZXJz" * 4
    await put(desk, "notifier", path, body)
    changed = {**body, "secret": other, "overlap": "PT1H"}
    answer = await put(desk, "notifier", path, changed, **{"If-Match": '"1"'})
    assert answer.json()["version"] == 2
    read = await desk.get("notifier", path, "lead")
    now = await desk.running["notifier"].parts.log.now()
    assert datetime.fromisoformat(read.json()["former_until"]) - now == timedelta(hours=1)
    assert not [each for each in (SECRET, other) if each in answer.text + read.text]
    again = await put(desk, "notifier", path, changed, **{"If-Match": '"2"'})
    assert again.json() == {"id": path.rpartition("/")[2], "version": 2, "changed": False}
    too_long = await put(desk, "notifier", path, {**changed, "overlap": "P31D"})
    assert too_long.status_code == 422


async def test_put_recipient_again__changes_nothing(desk):
    name = f"a{new_id().hex[:8]}"
    await put(desk, "notifier", f"/v1/recipients/{name}", {"email": "a@kept.example"})
    etag = {"If-Match": '"1"'}
    answer = await put(desk, "notifier", f"/v1/recipients/{name}", {"email": "a@kept.example"}, **etag)
    assert answer.json() == {"id": name, "version": 1, "changed": False}


@pytest.mark.parametrize(
    "body",
    [
        {"email": "a@b.test, evil@x.test"},
        {"email": "a@b.test\r\nBcc: x@y.test"},
        {"webhook": "http://hooks.example/", "secret": SECRET},
        {"webhook": "https://hooks.example/"},
        {"phone": "1"},
        {"name": "other"},
    ],
)
async def test_put_recipient__refuses(desk, body):
    answer = await put(desk, "notifier", "/v1/recipients/refused", body)
    assert answer.status_code == 422
    assert SECRET not in answer.text
    assert (await desk.get("notifier", "/v1/recipients/refused", role="lead")).status_code == 404


async def test_put_recipient__of_another_needs_a_role(desk):
    body = {"email": "a@b.test"}
    assert (await put(desk, "notifier", "/v1/recipients/other", body, role="analyst")).status_code == 403
    assert (await put(desk, "notifier", "/v1/recipients/other", body, role="agent")).status_code == 403
    assert (await put(desk, "notifier", "/v1/recipients/agent", body, role="agent")).status_code == 200


@pytest.fixture
async def hook() -> AsyncIterator[HttpSink]:
    """A receiver of webhooks."""
    async with http_sink() as sink:
        yield sink


async def promise(desk, owner: str, due: datetime, **reached: str) -> dict[str, Any]:
    """Let a customer call, and promise them a call back; return what was answered."""
    mai = {"name": "Mai", "zone": "Asia/Ho_Chi_Minh", **reached}
    customer = await desk.post("intake", "/v1/customers", mai, str(new_id()))
    assert customer.status_code == 201, customer.text
    opened = await desk.post(
        "cases",
        "/v1/cases",
        {"customer": customer.json()["id"], "subject": "A call"},
        str(new_id()),
        **{"Kept-After": customer.headers["Kept-Position"]},
    )
    assert opened.status_code == 201, opened.text
    path = f"/v1/cases/{opened.json()['id']}/follow-ups"
    body = {"words": "We call you back.", "due": due.isoformat(), "owner": owner}
    made = await desk.post("cases", path, body, str(new_id()))
    assert made.status_code == 201, made.text
    return {**made.json(), "case": opened.json()["id"]}


async def until(desk, commitment: str, state: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait until so many deliveries about a commitment are in a state; return them, the last made first."""
    async with asyncio.timeout(20):
        while True:
            answer = await desk.get("notifier", f"/v1/deliveries?commitment={commitment}&state={state}")
            assert answer.status_code == 200, answer.text
            items: list[dict[str, Any]] = answer.json()["items"]
            if len(items) >= count:
                return items
            await asyncio.sleep(0.02)


async def test_promise_at_short_notice__reaches_its_owner_with_words(desk, hook):
    owner = f"o{new_id().hex[:8]}"
    await put(desk, "cases", f"/v1/owners/{owner}", {"zone": "Europe/Berlin"})
    await put(desk, "notifier", f"/v1/recipients/{owner}", {"webhook": hook.url, "secret": SECRET})
    made = await promise(desk, owner, NOW + timedelta(minutes=30))
    reminded, told = await until(desk, made["id"], "sent", 2)
    assert {reminded["notice"], told["notice"]} == {"rung-1", "set"}
    assert {reminded["recipient"], reminded["means"], reminded["attempts"]} == {owner, "webhook", 1}
    assert {b"We call you back." in request.body for request in hook.seen} == {True}
    assert {UUID(reminded["id"]), UUID(told["id"])} == {
        UUID(each.headers["webhook-id"]) for each in hook.seen
    }


async def test_deliveries__are_listed_in_pages(desk, hook):
    owner = f"o{new_id().hex[:8]}"
    await put(desk, "cases", f"/v1/owners/{owner}", {"zone": "Europe/Berlin"})
    made = [await promise(desk, owner, NOW + timedelta(minutes=30)) for _ in range(2)]
    for each in made:
        failed = await until(desk, each["id"], "failed", 2)
        assert {item["reason"] for item in failed} == {"no_recipient"}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await desk.get("notifier", f"/v1/deliveries?recipient={owner}&limit=3" + cursor)
        page = answer.json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"] and f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 4
    assert (await desk.get("notifier", f"/v1/deliveries?recipient={owner}&state=sent")).json()["items"] == []


@pytest.mark.parametrize(
    "query", ["state=lost", "limit=0", "cursor=x", "commitment=1", "recipient=A B", "a=b"]
)
async def test_deliveries__refuses(desk, query):
    assert (await desk.get("notifier", f"/v1/deliveries?{query}")).status_code == 422


async def test_metrics__count_deliveries(desk):
    owner = f"o{new_id().hex[:8]}"
    await put(desk, "cases", f"/v1/owners/{owner}", {"zone": "Europe/Berlin"})
    made = await promise(desk, owner, NOW + timedelta(minutes=30))
    await until(desk, made["id"], "failed", 2)
    text = (await desk.client.get(f"{desk.urls['notifier']}/metrics")).text
    assert 'kept_deliveries{service="notifier",state="failed"}' in text


async def verified(desk) -> Report:
    """Return what is found once the running service is at rest: what follows by itself comes in between."""
    report = await verify_tables(desk.running["notifier"].parts)
    for _ in range(100):
        if report.ok:
            break
        await asyncio.sleep(0.1)  # the last messages settle
        report = await verify_tables(desk.running["notifier"].parts)
    return report


async def test_verify__finds_the_tables_equal_to_their_logs(desk):
    owner = f"o{new_id().hex[:8]}"
    await put(desk, "cases", f"/v1/owners/{owner}", {"zone": "Europe/Berlin"})
    made = await promise(desk, owner, NOW + timedelta(minutes=30))
    await until(desk, made["id"], "failed", 2)
    report = await verified(desk)
    assert report.ok, report.lines
    said = dict(line.split(":")[0].split() for line in report.lines)
    assert said == dict.fromkeys(("I5", "I6", "I7", "I10", "I11", "I14"), "ok")


async def test_verify__names_a_table_that_was_touched(desk):
    parts = desk.running["notifier"].parts
    stray = "INSERT INTO zone_v1 VALUES ('owner-stray', 'UTC')"
    await parts.pool.execute(stray)
    try:
        report = await verify_tables(parts)
    finally:
        await parts.pool.execute("DELETE FROM zone_v1 WHERE stream = 'owner-stray'")
    assert not report.ok
    assert any(line.startswith("I5") and "zone_v1" in line for line in report.lines)


async def acknowledge(desk, delivery: str, role: str = "lead"):
    path = f"/v1/deliveries/{delivery}/acknowledgement"
    return await desk.post("notifier", path, {}, str(new_id()), role=role)


async def test_acknowledgement__by_call_is_recorded_once(desk, hook):
    owner = f"o{new_id().hex[:8]}"
    await put(desk, "cases", f"/v1/owners/{owner}", {"zone": "Europe/Berlin"})
    await put(desk, "notifier", f"/v1/recipients/{owner}", {"webhook": hook.url, "secret": SECRET})
    made = await promise(desk, owner, NOW + timedelta(minutes=30))
    sent = await until(desk, made["id"], "sent", 2)
    (reminded,) = [each for each in sent if each["notice"] == "rung-1"]
    other, unknown = await acknowledge(desk, reminded["id"], role="agent"), str(new_id())
    assert other.status_code == 404
    nothing = await acknowledge(desk, unknown, role="agent")
    assert other.text == nothing.text.replace(unknown, reminded["id"])
    first = await acknowledge(desk, reminded["id"])
    assert first.status_code == 200, first.text
    again = await acknowledge(desk, reminded["id"])
    assert again.json()["changed"] is False
    assert (await acknowledge(desk, str(new_id()))).status_code == 404
    shown = {
        each["id"]: each["acknowledged_at"]
        for each in await until(desk, made["id"], "sent", 2)
        if each["acknowledged_at"]
    }
    assert shown.keys() == {reminded["id"]}


async def test_acknowledgement__by_link_needs_no_token(desk):
    answer = await desk.client.get(f"{desk.urls['notifier']}/v1/acknowledgements/forged")
    assert answer.status_code == 404
    assert "This link does not work" in answer.text
    assert (await desk.client.get(f"{desk.urls['notifier']}/v1/deliveries")).status_code == 401


@pytest.mark.parametrize(
    ("chat", "status"),
    [
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", 200),
        ("mmost://127.0.0.1:1/3ccdd113474722377935511fc85d3dd4", 200),
        ("mmosts://chat.example/3ccdd113474722377935511fc85d3dd4", 422),
        ("file:///etc/passwd", 422),
    ],
)
async def test_chat__is_taken_from_known_places_and_never_shown(desk, chat, status):
    name = f"a{new_id().hex[:8]}"
    answer = await put(desk, "notifier", f"/v1/recipients/{name}", {"chat": chat, "order": ["chat"]})
    assert answer.status_code == status, answer.text
    if status == 200:
        read = await desk.get("notifier", f"/v1/recipients/{name}", role="lead")
        assert (read.json()["has_chat"], read.json()["order"]) == (True, ["chat"])
        assert chat not in read.text

"""Rows out of a role's reach: answered as if they did not exist, in what is said and in time."""

from statistics import median
from time import perf_counter

import httpx
import pytest

from .replica import SECRET

ADDRESSES = {"email": "an@kept.example", "webhook": "https://hooks.example/kept?key=s", "secret": SECRET}
STRANGER = "nobody-of-this-name"


@pytest.fixture(scope="module")
async def an(desk) -> str:
    """Somebody else, who can be reached."""
    path = f"{desk.urls['notifier']}/v1/recipients/an"
    answer = await desk.client.put(path, json=ADDRESSES, headers=desk.headers(role="lead"))
    assert answer.status_code == 200, answer.text
    return "an"


def said(answer: httpx.Response, name: str) -> tuple[int, str, dict[str, str]]:
    """Return all of an answer but the name that was asked for, and how many letters it has."""
    alike = ("date", "content-length", "traceparent")
    headers = {key: value for key, value in answer.headers.items() if key not in alike}
    return answer.status_code, answer.text.replace(name, "NAME"), headers


@pytest.mark.parametrize("role", ["agent", "analyst"])
async def test_recipient__of_another_is_as_unknown_as_any(desk, an, role):
    other = await desk.get("notifier", f"/v1/recipients/{an}", role=role)
    nobody = await desk.get("notifier", f"/v1/recipients/{STRANGER}", role=role)
    assert other.status_code == 404
    assert said(other, an) == said(nobody, STRANGER)


@pytest.mark.parametrize("role", ["lead", "system", "operator"])
async def test_recipient__of_another_is_shown_to_who_may_set_them(desk, an, role):
    answer = await desk.get("notifier", f"/v1/recipients/{an}", role=role)
    assert (answer.status_code, answer.json()["webhook"]) == (200, ADDRESSES["webhook"])


async def test_recipient__sees_themselves(desk):
    path = f"{desk.urls['notifier']}/v1/recipients/agent"
    assert (await desk.client.get(path, headers=desk.headers())).status_code == 404
    assert (await desk.client.put(path, json=ADDRESSES, headers=desk.headers())).status_code == 200
    assert (await desk.client.get(path, headers=desk.headers())).json()["email"] == ADDRESSES["email"]


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}, {"If-Match": '"1"'}, {"If-Match": '"7"'}])
async def test_setting_another__tells_nothing_of_them(desk, an, headers):
    answers = [
        await desk.client.put(
            f"{desk.urls['notifier']}/v1/recipients/{name}",
            json={"email": "an@kept.example"},
            headers=desk.headers(**headers),
        )
        for name in (an, STRANGER)
    ]
    assert answers[0].status_code == 403
    assert said(answers[0], an) == said(answers[1], STRANGER)


async def test_recipient__of_another_takes_as_long_as_an_unknown_one(desk, an):
    took: dict[str, list[float]] = {an: [], STRANGER: []}
    for _ in range(60):
        for name, seconds in took.items():
            begun = perf_counter()
            await desk.get("notifier", f"/v1/recipients/{name}")
            seconds.append(perf_counter() - begun)
    assert median(took[an]) == pytest.approx(median(took[STRANGER]), rel=0.5)


async def test_subscribers__are_not_for_agents(desk):
    body = {"url": "https://board.example/kept", "secret": SECRET, "on": ["kept"]}
    path = f"{desk.urls['notifier']}/v1/subscribers/board"
    assert (await desk.client.put(path, json=body, headers=desk.headers(role="lead"))).status_code == 200
    for asked in (path, f"{desk.urls['notifier']}/v1/subscribers"):
        assert (await desk.client.get(asked, headers=desk.headers(role="agent"))).status_code == 403
        assert (await desk.client.get(asked, headers=desk.headers(role="operator"))).status_code == 200


async def test_feed__of_the_notifier_holds_addresses_and_is_for_few(desk, an):
    answers = {role: await desk.get("notifier", "/v1/events", role=role) for role in ("analyst", "system")}
    assert {role: answer.status_code for role, answer in answers.items()} == {"analyst": 403, "system": 200}
    assert (await desk.get("cases", "/v1/events", role="analyst")).status_code == 200
    assert (await desk.get("cases", "/v1/events", role="agent")).status_code == 403

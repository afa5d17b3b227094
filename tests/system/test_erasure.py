"""A customer asks to be forgotten, in an installation of all four services (edge case 54)."""

import json
from dataclasses import dataclass
from mailbox import Maildir
from typing import Any

import httpx
import pytest

from cases import proof
from events.clock import new_id
from events.driver import Driver
from events.keyring import ERASED
from tests.desk import Desk

from .small_desk import START, Play

NAME, WORDS = "Xanthippe Quitt", "the blue kettle hums"


@dataclass
class Scene:
    """The services after the erasure, and what was there before it."""

    desk: Desk
    driver: Driver
    customer: str
    promises: dict[str, str]
    """Each as `case/commitments/commitment`."""
    before: dict[str, dict[str, Any]]

    async def read(self, service: str, path: str) -> dict[str, Any]:
        """Return what a service answers."""
        answer = await self.desk.get(service, path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def commitment(self, name: str) -> dict[str, Any]:
        """Return a promise as it stands."""
        return await self.read("cases", f"/v1/commitments/{id_of(self.promises[name])}")

    async def post(self, service: str, path: str, body: dict[str, Any]) -> httpx.Response:
        """Send a command, as a lead."""
        return await self.desk.post(service, path, body, str(new_id()), role="lead")


def id_of(promise: str) -> str:
    return promise.rpartition("/")[2]


@pytest.fixture(scope="module")
async def scene(desk) -> Scene:
    """A customer with promises in every state, one of them just told by letter, who is erased."""
    driver = Driver(desk.urls, desk.site.token, desk.client)
    await driver.to(START)
    for name in ("agent", "lead"):
        await driver.put("cases", f"/v1/owners/{name}", {"zone": "Europe/Berlin"})
        await driver.put("notifier", f"/v1/recipients/{name}", {"email": f"{name}@example.test"})
    body = {
        "name": NAME,
        "zone": "UTC",
        "address": "quitt@example.test",
        "source": "shop",
        "reference": "Q-1",
    }
    play = Play(driver, (await driver.post("intake", "/v1/customers", body)).id)
    cases = [(await play.contact(f"{WORDS} {number}")).body["case"] for number in range(3)]
    await driver.settle()
    promises = {
        name: await play.promise(cases[number % 3], hours, words=f"{WORDS}: {name}")
        for number, (name, hours) in enumerate({"kept": 3, "lapsed": 1, "open": 30, "moved": 20}.items())
    }
    undated = {"words": WORDS, "undated": True}
    promises["undated"] = (
        f"{cases[0]}/commitments/"
        + (await driver.post("cases", f"/v1/cases/{cases[0]}/expectations", undated)).id
    )
    await play.at(2)
    await play.do(promises["kept"], "keep", evidence={"words": WORDS})
    await play.do(promises["lapsed"], "cause", reason="forgotten", words=WORDS)
    await play.do(promises["moved"], "reschedule", due={"within": "PT40H"}, reason=WORDS)
    await driver.settle()
    found = Scene(desk, driver, play.customer, promises, {})
    found.before = {name: await found.commitment(name) for name in promises}
    await driver.delete("intake", f"/v1/customers/{play.customer}")
    await driver.settle()
    return found


async def test_edge_54__every_service_is_done_and_says_so(scene):
    said = await scene.read("intake", f"/v1/customers/{scene.customer}/erasure")
    assert said["done"]
    assert {each["service"]: each["state"] for each in said["services"]} == dict.fromkeys(
        ("intake", "cases", "notifier"), "done"
    )


async def test_edge_54__what_is_open_is_withdrawn_and_verdicts_stay(scene):
    after = {name: await scene.commitment(name) for name in scene.promises}
    assert {name: each["state"] for name, each in after.items()} == {
        "kept": "kept",
        "lapsed": "lapsed",
        "open": "withdrawn",
        "moved": "withdrawn",
        "undated": "withdrawn",
    }
    for name in ("kept", "lapsed"):
        assert after[name] | {"words": "", "explanation": ""} == scene.before[name] | {
            "words": "",
            "explanation": "",
        }
    assert after["lapsed"]["explanation"] == {"reason": "forgotten", "words": ERASED}


async def test_edge_54__person_and_words_are_gone_from_all_that_is_read(scene):
    customer = await scene.read("intake", f"/v1/customers/{scene.customer}")
    assert (customer["name"], customer["address"], customer["reference"]) == (ERASED, ERASED, ERASED)
    assert customer["erased_at"]
    read = [
        await scene.read("intake", f"/v1/contacts?customer={scene.customer}"),
        await scene.read("cases", f"/v1/cases?customer={scene.customer}"),
        await scene.read("cases", f"/v1/commitments?customer={scene.customer}"),
    ]
    for case in {promise.partition("/")[0] for promise in scene.promises.values()}:
        read += [
            await scene.read("cases", f"/v1/cases/{case}"),
            await scene.read("cases", f"/v1/cases/{case}/history"),
        ]
    assert len(read) > 5
    assert all(page.get("items", True) for page in read)
    assert WORDS not in json.dumps(read)


async def test_edge_54__no_timer_stands_and_no_letter_has_a_word(scene):
    before = _letters(scene.desk)
    await scene.driver.finish()
    for promise in scene.promises.values():
        assert (await scene.read("scheduler", f"/v1/timers?commitment={id_of(promise)}"))["items"] == []
    assert not [text for key, text in _letters(scene.desk).items() if key not in before and WORDS in text]
    withdrawn = [text for text in _letters(scene.desk).values() if ERASED in text]
    assert all(NAME not in text and WORDS not in text for text in withdrawn)


async def test_edge_54__the_proof_of_a_verdict_still_proves(scene):
    for name in ("kept", "lapsed", "open"):
        told = await scene.read("cases", f"/v1/commitments/{id_of(scene.promises[name])}/proof")
        assert proof.prove(told) == []


async def test_edge_54__nothing_more_is_recorded_of_them(scene):
    case, commitment = scene.promises["lapsed"].split("/commitments/")
    contact = {"customer": scene.customer, "channel": "call", "words": "It is me."}
    refused = [
        await scene.post("intake", "/v1/contacts", contact),
        await scene.post(
            "intake", "/v1/customers", {"name": NAME, "zone": "UTC", "source": "shop"} | {"reference": "Q-1"}
        ),
        await scene.post("cases", "/v1/cases", {"customer": scene.customer, "subject": "Again."}),
        await scene.post(
            "cases", f"/v1/cases/{case}/follow-ups", {"words": "Soon.", "due": {"within": "PT1H"}}
        ),
        await scene.post("cases", f"/v1/cases/{case}/commitments/{commitment}/keep", {}),
    ]
    assert [(each.status_code, each.json()["type"]) for each in refused] == [
        (409, "/problems/customer-erased")
    ] * 5


async def test_edge_54__to_ask_again_changes_nothing(scene):
    headers = scene.desk.headers("again", "lead")
    url = f"{scene.desk.urls['intake']}/v1/customers/{scene.customer}"
    answer = await scene.desk.client.delete(url, headers=headers)
    assert (answer.status_code, answer.json()["changed"]) == (200, False)


def _letters(desk: Desk) -> dict[str, str]:
    assert desk.site.mail.maildir is not None
    return {key: letter.as_string() for key, letter in Maildir(desk.site.mail.maildir, create=False).items()}
